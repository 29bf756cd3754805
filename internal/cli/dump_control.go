package cli

import (
	"encoding/binary"
	"fmt"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/wire"
)

// jsonMessage is a stored message that can be printed.
type jsonMessage interface {
	wire.Message
	AppendJSON(dst []byte, version int16) []byte
}

// controlText is what stands behind the metadata of a control record.
func controlText(r *batch.Record) (string, error) {
	kind, err := batch.ParseControlKey(r.Key)
	if err != nil {
		return "", &exception{class: errorsPackage + "InvalidRecordException", text: err.Error(), cause: err}
	}
	switch kind {
	case batch.ControlAbort, batch.ControlCommit:
		if len(r.Value) < 6 {
			return "", &exception{class: errorsPackage + "InvalidRecordException",
				text: fmt.Sprintf("Invalid value size found for end transaction marker. Must have at least 6 bytes, but found only %d", len(r.Value))}
		}
		name := map[batch.ControlType]string{batch.ControlAbort: "ABORT", batch.ControlCommit: "COMMIT"}[kind]
		return fmt.Sprintf(" endTxnMarker: %s coordinatorEpoch: %d", name, int32(binary.BigEndian.Uint32(r.Value[2:]))), nil
	case batch.ControlLeaderChange:
		return controlJSON(" LeaderChange: ", r, &wire.LeaderChangeMessage{}, 1), nil
	case batch.ControlSnapshotHeader:
		return controlJSON(" SnapshotHeader ", r, &wire.SnapshotHeaderRecord{}, 0), nil
	case batch.ControlSnapshotFooter:
		return controlJSON(" SnapshotFooter ", r, &wire.SnapshotFooterRecord{}, 0), nil
	case batch.ControlKRaftVersion:
		return controlJSON(" KRaftVersion ", r, &wire.KRaftVersionRecord{}, 0), nil
	case batch.ControlKRaftVoters:
		return controlJSON(" KRaftVoters ", r, &wire.VotersRecord{}, 0), nil
	}
	id := int16(binary.BigEndian.Uint16(r.Key[2:]))
	return fmt.Sprintf(" controlType: UNKNOWN(%d)", id), nil
}

// controlJSON decodes a control record, which begins with its own version.
func controlJSON(title string, r *batch.Record, m jsonMessage, highest int16) string {
	version := int16(0)
	if len(r.Value) >= 2 {
		version = max(0, min(int16(binary.BigEndian.Uint16(r.Value)), highest))
	}
	in := wire.NewReader(r.Value)
	m.Decode(in, version)
	if err := in.Err(); err != nil {
		return title + "cannot be read: " + err.Error()
	}
	return title + string(m.AppendJSON(nil, version))
}

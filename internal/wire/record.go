package wire

import (
	"errors"
	"fmt"
)

var (
	// ErrUnknownRecordType is the error of a stored record whose type this
	// release does not know.
	ErrUnknownRecordType = errors.New("unknown record type")
	// ErrUnsupportedRecordVersion is the error of a stored record of a known
	// type in a version that this release does not know.
	ErrUnsupportedRecordVersion = errors.New("unsupported record version")
)

// metadataFrameVersion is the version of the frame around the records of the
// metadata log and of the remote log metadata topic (KIP-631).
const metadataFrameVersion = 1

// AppendMetadataRecord appends a record of the metadata log, or of the remote
// log metadata topic, as it is stored: the version of the frame, the type and
// the version of the record, and its body.
func AppendMetadataRecord(dst []byte, record Record, version int16) []byte {
	dst = AppendUVarint(dst, metadataFrameVersion)
	dst = AppendUVarint(dst, uint32(record.RecordType()))
	dst = AppendUVarint(dst, uint32(version))
	return record.Append(dst, version)
}

// DecodeMetadataRecord is the reverse of AppendMetadataRecord for the metadata
// log. It returns the record and its version. Unlike requests, records must not
// have bytes left over: these come from our own log, where they mean damage.
func DecodeMetadataRecord(b []byte) (Record, int16, error) {
	return decodeFramed(b, NewMetadataRecord)
}

// DecodeRemoteLogRecord is DecodeMetadataRecord for the topic of remote log
// metadata.
func DecodeRemoteLogRecord(b []byte) (Record, int16, error) {
	return decodeFramed(b, NewRemoteLogRecord)
}

func decodeFramed(b []byte, newRecord func(recordType int16) Record) (Record, int16, error) {
	r := NewReader(b)
	frame, recordType, version := r.UVarint(), r.UVarint(), r.UVarint()
	if r.err != nil {
		return nil, 0, r.err
	}
	if frame != metadataFrameVersion {
		return nil, 0, fmt.Errorf("%w: metadata frame version %d", ErrMalformed, frame)
	}
	if recordType > maxInt16 || version > maxInt16 {
		return nil, 0, fmt.Errorf("%w: record type %d version %d", ErrMalformed, recordType, version)
	}
	record := newRecord(int16(recordType))
	if record == nil {
		return nil, 0, fmt.Errorf("%w %d", ErrUnknownRecordType, recordType)
	}
	if err := decodeRecord(r, record, int16(version)); err != nil {
		return nil, 0, err
	}
	if r.Remaining() > 0 {
		return nil, 0, fmt.Errorf("%w: %d bytes after record type %d", ErrMalformed, r.Remaining(), recordType)
	}
	return record, int16(version), nil
}

// decodeRecord reads the body of a record whose version came from the input.
func decodeRecord(r *Reader, record Record, version int16) error {
	if lowest, highest := record.RecordVersions(); version < lowest || version > highest {
		return fmt.Errorf("%w: version %d of record type %d", ErrUnsupportedRecordVersion, version, record.RecordType())
	}
	record.Decode(r, version)
	return r.err
}

const maxInt16 = 1<<15 - 1

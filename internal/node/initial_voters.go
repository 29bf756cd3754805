package node

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/quorum"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

// initialVotersName is the snapshot before the first record, in which
// `kafka-storage format` leaves the initial controllers of a dynamic quorum
// (KIP-853).
var initialVotersName = quorum.SnapshotID{}.String()

// formattedVoters reads the initial controllers that the metadata directory was
// formatted with; none if nobody named any.
func formattedVoters(fsys vfs.FS, metadataDir string) ([]quorum.Member, error) {
	path := filepath.Join(metadataDir, metadataLogName, initialVotersName)
	data, err := vfs.ReadFile(fsys, path, maxBootstrapBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	voters, err := decodeVoters(data)
	if err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", path, err)
	}
	return voters, nil
}

// decodeVoters finds the voters in a snapshot.
func decodeVoters(data []byte) (voters []quorum.Member, err error) {
	err = batch.ForEach(data, func(h batch.Header, raw []byte) error {
		if !batch.CheckCRC(raw) {
			return errors.New("a batch fails its checksum")
		}
		if !h.IsControl() {
			return nil
		}
		r, err := batch.NewReader(raw, maxBootstrapBytes)
		if err != nil {
			return err
		}
		for r.Next() {
			t, err := batch.ParseControlKey(r.Record().Key)
			if err != nil {
				return err
			}
			if t != batch.ControlKRaftVoters {
				continue
			}
			var rec wire.VotersRecord
			in := wire.NewReader(r.Record().Value)
			if rec.Decode(in, 0); in.Err() != nil {
				return in.Err()
			}
			voters = members(&rec)
		}
		return r.Err()
	})
	return voters, err
}

// members is a record of voters as the quorum's first configuration.
func members(rec *wire.VotersRecord) []quorum.Member {
	all := make([]quorum.Member, 0, len(rec.Voters))
	for _, v := range rec.Voters {
		m := quorum.Member{RaftID: quorum.InitialRaftID(v.VoterId), NodeID: v.VoterId, DirectoryID: v.VoterDirectoryId}
		for _, e := range v.Endpoints {
			m.Endpoints = append(m.Endpoints, quorum.Endpoint{Name: e.Name, Host: e.Host, Port: e.Port})
		}
		all = append(all, m)
	}
	return all
}

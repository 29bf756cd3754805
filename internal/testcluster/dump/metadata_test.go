package dump

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/testcluster/history"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

const logDir = "/data/__cluster_metadata-0"

// topics makes batches from an offset on, each with one topic.
func topics(from, to int64) []byte {
	var all []byte
	for at := from; at < to; at++ {
		all = append(all, topicBatch(at, fmt.Sprint("t", at))...)
	}
	return all
}

func topicBatch(offset int64, name string) []byte {
	o := batch.NoProducer()
	o.BaseOffset, o.LeaderEpoch = offset, 1
	b := batch.NewBuilder(o)
	r := &wire.TopicRecord{Name: name, TopicId: wire.UUID{1, byte(len(name)), name[len(name)-1]}}
	b.Append(0, nil, wire.AppendMetadataRecord(nil, r, metadata.RecordVersion(r, 0)))
	return b.Build(nil)
}

func write(t *testing.T, files vfs.FS, name string, b []byte) {
	t.Helper()
	f, err := files.Open(logDir+"/"+name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(b, 0); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestMetadataFromSnapshots: a log that begins later is replayed from a snapshot, and every
// snapshot is compared with what replaying gives.
func TestMetadataFromSnapshots(t *testing.T) {
	whole := map[string][]byte{"00000000000000000000.log": topics(0, 6)}
	three := topics(0, 3)
	flipped := append([]byte{}, three...)
	flipped[len(flipped)-1] ^= 1
	for name, c := range map[string]struct {
		files   map[string][]byte
		images  int
		later   bool
		differs bool
	}{
		"whole":              {map[string][]byte{"00000000000000000000.log": topics(0, 6)}, 6, false, false},
		"whole, a snapshot":  {map[string][]byte{"00000000000000000000.log": topics(0, 6), "00000000000000000003-0000000001.checkpoint": three}, 7, false, false},
		"begins later":       {map[string][]byte{"00000000000000000003.log": topics(3, 6), "00000000000000000003-0000000001.checkpoint": three}, 4, true, false},
		"begins before it":   {map[string][]byte{"00000000000000000002.log": topics(2, 6), "00000000000000000003-0000000001.checkpoint": three}, 4, true, false},
		"no snapshot":        {map[string][]byte{"00000000000000000003.log": topics(3, 6)}, 0, true, false},
		"a damaged one":      {map[string][]byte{"00000000000000000003.log": topics(3, 6), "00000000000000000003-0000000001.checkpoint": flipped}, 0, true, false},
		"one half written":   {map[string][]byte{"00000000000000000000.log": topics(0, 6), "00000000000000000003-0000000001.checkpoint.part": three}, 6, false, false},
		"one that lacks":     {map[string][]byte{"00000000000000000000.log": topics(0, 6), "00000000000000000003-0000000001.checkpoint": topics(0, 2)}, 7, false, true},
		"begins with a lack": {map[string][]byte{"00000000000000000003.log": topics(3, 6), "00000000000000000003-0000000001.checkpoint": topics(0, 2)}, 4, true, true},
	} {
		h := &history.History{}
		for node, of := range []map[string][]byte{whole, c.files} {
			files := vfs.NewMem()
			if err := files.MkdirAll(logDir, 0o755); err != nil {
				t.Fatal(err)
			}
			for file, b := range of {
				write(t, files, file, b)
			}
			err := Metadata(h, files, "/data", int32(node), node == 0)
			if later := errors.Is(err, ErrLaterBeginning); err != nil && !later || later != (node == 1 && c.later) {
				t.Errorf("%s: node %d: %v", name, node, err)
			}
		}
		if got := len(h.Metadata) - 6; got != c.images {
			t.Errorf("%s: %d images, want %d", name, got, c.images)
		}
		if found := history.Determinism(h); (len(found) > 0) != c.differs {
			t.Errorf("%s: %v", name, found)
		}
		if len(h.TopicIDs) != 6 || len(h.States) != 0 {
			t.Errorf("%s: topics %v", name, h.TopicIDs)
		}
	}
}

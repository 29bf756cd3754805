package quorum

import (
	"bytes"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/wire"
	"go.etcd.io/raft/v3/raftpb"
)

// dataBatch is a proposal with the given values.
func dataBatch(values ...string) []byte {
	b := batch.NewBuilder(batch.NoProducer())
	for _, v := range values {
		b.Append(1000, nil, []byte(v))
	}
	return b.Build(nil)
}

func entryOf(index, term uint64, typ raftpb.EntryType, data []byte) *raftpb.Entry {
	return &raftpb.Entry{Index: new(index), Term: new(term), Type: typ.Enum(), Data: data}
}

func TestEntriesAreStoredAndReadBack(t *testing.T) {
	change := confChange(t, raftpb.ConfChangeAddNode, 4, testMembers(3))
	for name, e := range map[string]*raftpb.Entry{
		"data":   entryOf(7, 3, raftpb.EntryNormal, dataBatch("a", "b")),
		"empty":  entryOf(8, 3, raftpb.EntryNormal, nil),
		"change": entryOf(9, 3, raftpb.EntryConfChangeV2, change),
	} {
		t.Run(name, func(t *testing.T) {
			if err := checkEntry(e); err != nil {
				t.Fatal(err)
			}
			raw, err := appendStored(nil, e, 41)
			if err != nil {
				t.Fatal(err)
			}
			h, _, rest, err := batch.Next(raw)
			if err != nil || len(rest) != 0 || h.BaseOffset != 41 || h.PartitionLeaderEpoch != 3 || !batch.CheckCRC(raw) {
				t.Fatalf("stored as %+v (%v)", h, err)
			}
			back, err := storedEntry(e.GetIndex(), h, raw)
			if err != nil || back.GetTerm() != 3 || back.GetIndex() != e.GetIndex() || back.GetType() != e.GetType() {
				t.Fatalf("read back as %v (%v)", back, err)
			}
			// What was read back and sent on must be stored as the same bytes.
			again, err := appendStored(nil, back, 41)
			if err != nil || !bytes.Equal(again, raw) {
				t.Fatalf("stored differently the second time (%v)", err)
			}
		})
	}
}

// Kafka's tools read what we store: a metadata record, and a voters record.
func TestStoredEntriesAreKafkas(t *testing.T) {
	_, value, err := soleRecord(noOpBatch())
	if err != nil {
		t.Fatal(err)
	}
	if rec, _, err := wire.DecodeMetadataRecord(value); err != nil || rec.RecordType() != (&wire.NoOpRecord{}).RecordType() {
		t.Fatalf("an empty entry is %v (%v)", rec, err)
	}
	raw, err := confChangeBatch(confChange(t, raftpb.ConfChangeAddNode, 4, testMembers(3)))
	if err != nil {
		t.Fatal(err)
	}
	_, value, err = soleRecord(raw)
	if err != nil {
		t.Fatal(err)
	}
	var voters wire.VotersRecord
	r := wire.NewReader(value)
	if voters.Decode(r, 0); r.Err() != nil || r.Remaining() != 0 || len(voters.Voters) != 3 {
		t.Fatalf("voters %+v, %d bytes left (%v)", voters, r.Remaining(), r.Err())
	}
}

func TestBadEntriesAreRefused(t *testing.T) {
	flipped := dataBatch("a")
	flipped[len(flipped)-1] ^= 1
	two := append(dataBatch("a"), dataBatch("b")...)
	change := confChange(t, raftpb.ConfChangeAddNode, 4, testMembers(3))
	for name, e := range map[string]*raftpb.Entry{
		"term 0":            entryOf(1, 0, raftpb.EntryNormal, dataBatch("a")),
		"term too large":    entryOf(1, maxTerm+1, raftpb.EntryNormal, dataBatch("a")),
		"not a batch":       entryOf(1, 1, raftpb.EntryNormal, []byte("x")),
		"checksum":          entryOf(1, 1, raftpb.EntryNormal, flipped),
		"two batches":       entryOf(1, 1, raftpb.EntryNormal, two),
		"control as data":   entryOf(1, 1, raftpb.EntryNormal, batch.BuildControl(batch.ControlKRaftVoters, []byte{0}, 0)),
		"old change":        entryOf(1, 1, raftpb.EntryConfChange, change),
		"change of nothing": entryOf(1, 1, raftpb.EntryConfChangeV2, nil),
		"data as change":    entryOf(1, 1, raftpb.EntryConfChangeV2, dataBatch("a")),
		"too large":         entryOf(1, 1, raftpb.EntryNormal, dataBatch(strings.Repeat("x", maxEntryBytes))),
	} {
		if checkEntry(e) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// A voters record that another change would have made would be stored differently
// by the next voter.
func TestForeignVotersRecordIsRefused(t *testing.T) {
	change := confChange(t, raftpb.ConfChangeAddNode, 4, testMembers(3))
	value := testMembers(2).votersRecord().Append(nil, 0)
	raw := batch.BuildControl(batch.ControlKRaftVoters, appendTag(value, change), batch.NoTimestamp)
	if _, err := confChangeData(raw); err == nil {
		t.Fatal("accepted")
	}
	if _, err := confChangeData(batch.BuildControl(batch.ControlKRaftVoters, value, batch.NoTimestamp)); err == nil {
		t.Fatal("accepted without the change")
	}
}

func FuzzStoredEntry(f *testing.F) {
	change, err := confChangeBatch(confChange(f, raftpb.ConfChangeAddNode, 4, testMembers(3)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(change)
	f.Add(dataBatch("a", "b"))
	f.Add(noOpBatch())
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, raw, _, err := batch.Next(raw)
		if err != nil {
			return
		}
		e, err := storedEntry(1, h, raw)
		if err != nil {
			return
		}
		if e.Term = new(uint64(1)); checkEntry(e) != nil {
			return
		}
		if size, records := mustMeasure(e); size < batch.HeaderSize || records < 1 {
			t.Fatalf("%d bytes, %d records", size, records)
		}
	})
}

package quorum

import (
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/vfs"
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"
)

// recorder notes the changes of a file system, by the last part of the name.
type recorder struct {
	mu  sync.Mutex
	ops []string
}

func (r *recorder) inject(op vfs.Op, name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	name = name[strings.LastIndexByte(name, '/')+1:]
	switch op {
	case vfs.OpWrite:
		r.ops = append(r.ops, "write "+name)
	case vfs.OpRename:
		r.ops = append(r.ops, "rename "+name)
	case vfs.OpSync:
		r.ops = append(r.ops, "sync "+name)
	}
	return nil
}

// appendMessage is what raft asks a follower's append loop to store.
func appendMessage(term uint64, entries ...*raftpb.Entry) *raftpb.Message {
	return &raftpb.Message{Type: raftpb.MsgStorageAppend.Enum(), Term: new(term), Vote: new(uint64(0)),
		Commit: new(uint64(0)), Entries: entries}
}

// openTestDisk opens an empty metadata directory without a raft on it.
func openTestDisk(t *testing.T, fs vfs.FS) *disk {
	t.Helper()
	o := aloneOptions(t, fs)
	o.Role = newTestRole()
	o, err := o.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	d, _, err := openDisk(&o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.close(false) })
	return d
}

// No entry lies in the log, not even in the page cache, whose term is not on disk
// yet: a process that dies between the two would have forgotten the term.
func TestTermIsWrittenBeforeItsEntries(t *testing.T) {
	var r recorder
	d := openTestDisk(t, vfs.NewErrorFS(vfs.NewMem(), r.inject))
	r.ops = nil
	if err := d.take(appendWork{msg: appendMessage(7, entryOf(1, 7, raftpb.EntryNormal, dataBatch("a")))}); err != nil {
		t.Fatal(err)
	}
	term := slices.Index(r.ops, "rename "+hardStateName+".tmp")
	entry := slices.Index(r.ops, "write 00000000000000000000.log")
	if term < 0 || entry < 0 || term > entry || !slices.Contains(r.ops[:term], "sync "+hardStateName+".tmp") {
		t.Fatalf("operations %q", r.ops)
	}
}

// A commit alone is no reason to write the hard state.
func TestCommitIsNotWrittenAlone(t *testing.T) {
	var r recorder
	d := openTestDisk(t, vfs.NewErrorFS(vfs.NewMem(), r.inject))
	if err := errors.Join(d.take(appendWork{msg: appendMessage(7)}), d.sync()); err != nil {
		t.Fatal(err)
	}
	r.ops = nil
	m := appendMessage(7)
	m.Commit = new(uint64(100))
	if err := errors.Join(d.take(appendWork{msg: m}), d.sync()); err != nil || len(r.ops) > 0 {
		t.Fatalf("operations %q (%v)", r.ops, err)
	}
	if err := d.close(true); err != nil || d.saved.Commit != 100 {
		t.Fatalf("commit %d after an orderly end (%v)", d.saved.Commit, err)
	}
}

// Raft bounds its messages by what it asks the storage for.
func TestEntriesAreBounded(t *testing.T) {
	fs := vfs.NewMem()
	writeFive(t, fs, snapshotHeader{ID: SnapshotID{EndOffset: 2, Epoch: 1}, Index: 2}, 0)
	q, err := openCore(t, fs)
	if err != nil {
		t.Fatal(err)
	}
	one := uint64(q.table.bytes(1, 1))
	for _, c := range []struct{ lo, hi, maxSize, want uint64 }{
		{1, 6, math.MaxUint64, 5}, {1, 6, 0, 1}, {1, 6, 1, 1}, {1, 6, one, 1}, {1, 6, 2*one - 1, 1}, {1, 6, 2 * one, 2}, {2, 4, 10 * one, 2},
	} {
		got, err := (*storage)(q).Entries(c.lo, c.hi, c.maxSize)
		if err != nil || uint64(len(got)) != c.want || got[0].GetIndex() != c.lo {
			t.Errorf("Entries(%d, %d, %d): %d entries, want %d (%v)", c.lo, c.hi, c.maxSize, len(got), c.want, err)
		}
	}
	for _, c := range []struct {
		lo, hi uint64
		want   error
	}{{0, 3, raft.ErrCompacted}, {1, 7, raft.ErrUnavailable}} {
		if _, err := (*storage)(q).Entries(c.lo, c.hi, math.MaxUint64); !errors.Is(err, c.want) {
			t.Errorf("Entries(%d, %d): %v, want %v", c.lo, c.hi, err, c.want)
		}
	}
}

// What a dead process left unsynced counts as stored from the next start on, so it
// must be synced before.
func TestUnsyncedTailIsSyncedAtOpen(t *testing.T) {
	fs := vfs.NewMem()
	d := openTestDisk(t, fs)
	work := appendWork{msg: appendMessage(1, entryOf(1, 1, raftpb.EntryNormal, dataBatch("a", "b")))}
	if err := d.take(work); err != nil {
		t.Fatal(err)
	}
	again := openTestDisk(t, fs) // the old process has not synced, and is gone
	if end := again.log.EndOffset(); end != 2 {
		t.Fatalf("the log ends at %d", end)
	}
	after := openTestDisk(t, fs.CrashClone(vfs.CrashOptions{}))
	if end := after.log.EndOffset(); end != 2 {
		t.Fatalf("the log ends at %d after the machine died", end)
	}
}

// misfits are snapshots that do not fit the log of writeFive.
var misfits = map[string]snapshotHeader{
	"other epoch":          {ID: SnapshotID{EndOffset: 4, Epoch: 2}, Index: 4},
	"other index":          {ID: SnapshotID{EndOffset: 4, Epoch: 1}, Index: 3},
	"not at a boundary":    {ID: SnapshotID{EndOffset: 5, Epoch: 1}, Index: 4},
	"behind the log's end": {ID: SnapshotID{EndOffset: 50, Epoch: 1}, Index: 40},
}

// writeFive writes five entries, the last one of three records, and a snapshot.
func writeFive(t *testing.T, fs vfs.FS, header snapshotHeader, restartOffset int64) {
	t.Helper()
	d := openTestDisk(t, fs)
	m := appendMessage(2)
	for i := range uint64(4) {
		m.Entries = append(m.Entries, entryOf(i+1, 1, raftpb.EntryNormal, dataBatch("a")))
	}
	m.Entries = append(m.Entries, entryOf(5, 1, raftpb.EntryNormal, dataBatch("a", "b", "c")))
	err := errors.Join(d.take(appendWork{msg: m}), d.sync())
	d.hard.RestartOffset = restartOffset
	if err := errors.Join(err, d.close(true)); err != nil {
		t.Fatal(err)
	}
	header.Members = testMembers(1)
	if err := writeSnapshot(fs, metadataDir, header, adder("state")); err != nil {
		t.Fatal(err)
	}
}

// openCore opens a lone voter that is not started.
func openCore(t *testing.T, fs vfs.FS) (*Quorum, error) {
	o := aloneOptions(t, fs)
	o.Role = newTestRole()
	q, err := Open(o)
	if err == nil {
		t.Cleanup(func() { q.Close() })
	}
	return q, err
}

// A restart that was decided is finished, whatever the log is.
func TestInterruptedRestartIsFinished(t *testing.T) {
	for name, header := range misfits {
		t.Run(name, func(t *testing.T) {
			fs := vfs.NewMem()
			writeFive(t, fs, header, header.ID.EndOffset)
			for range 2 {
				q, err := openCore(t, fs)
				if err != nil {
					t.Fatal(err)
				}
				if q.table.at(q.table.lastIndex()) != header.position() || q.applied != header.Index {
					t.Fatalf("the log ends at %+v, applied %d", q.table.at(q.table.lastIndex()), q.applied)
				}
				q.Close()
			}
		})
	}
}

// A snapshot and a log that contradict each other are no reason to drop either: one
// of them holds what was acknowledged.
func TestContradictionIsRefused(t *testing.T) {
	for name, header := range misfits {
		t.Run(name, func(t *testing.T) {
			fs := vfs.NewMem()
			writeFive(t, fs, header, 0)
			if _, err := openCore(t, fs); !errors.Is(err, ErrLostEntries) {
				t.Fatalf("opened: %v", err)
			}
		})
	}
}

// A restart whose snapshot never got its name has touched nothing.
func TestRestartThatNeverBegan(t *testing.T) {
	fs := vfs.NewMem()
	writeFive(t, fs, snapshotHeader{ID: SnapshotID{EndOffset: 4, Epoch: 1}, Index: 4}, 60)
	q, err := openCore(t, fs)
	if err != nil {
		t.Fatal(err)
	}
	h, _, err := loadHardState(fs, metadataDir)
	if last := q.table.at(q.table.lastIndex()); err != nil || last.endOffset != 7 || h.RestartOffset != 0 {
		t.Fatalf("the log ends at %+v, %s says %+v (%v)", last, hardStateName, h, err)
	}
}

// A snapshot that fits leaves the log alone.
func TestSnapshotInsideTheLog(t *testing.T) {
	fs := vfs.NewMem()
	d := openTestDisk(t, fs)
	m := appendMessage(2)
	for i := range uint64(5) {
		m.Entries = append(m.Entries, entryOf(i+1, 1+i/3, raftpb.EntryNormal, dataBatch("a", "b")))
	}
	if err := errors.Join(d.take(appendWork{msg: m}), d.sync(), d.close(true)); err != nil {
		t.Fatal(err)
	}
	header := snapshotHeader{ID: SnapshotID{EndOffset: 8, Epoch: 2}, Index: 4, Members: testMembers(1)}
	if err := writeSnapshot(fs, metadataDir, header, adder("state")); err != nil {
		t.Fatal(err)
	}
	o := aloneOptions(t, fs)
	o.Role = newTestRole()
	q, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	if want := (position{index: 5, endOffset: 10, term: 2}); q.table.at(5) != want || q.table.firstIndex() != 1 || q.applied != 4 {
		t.Fatalf("the log is [%d, %d], applied %d", q.table.firstIndex(), q.table.lastIndex(), q.applied)
	}
}

// A file that is not what raft's message says is not taken in.
func TestFetchedSnapshotIsCompared(t *testing.T) {
	h := testHeader(40)
	good := raftSnapshot(&h).GetMetadata()
	if err := checkFetched(&h, good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(md *raftpb.SnapshotMetadata){
		"index":    func(md *raftpb.SnapshotMetadata) { md.Index = new(uint64(18)) },
		"voters":   func(md *raftpb.SnapshotMetadata) { md.ConfState.Voters[0] = 77 },
		"learners": func(md *raftpb.SnapshotMetadata) { md.ConfState.Learners = nil },
		"joint":    func(md *raftpb.SnapshotMetadata) { md.ConfState.VotersOutgoing = []uint64{2} },
		"none":     func(md *raftpb.SnapshotMetadata) { md.ConfState = nil },
	} {
		md := proto.Clone(good).(*raftpb.SnapshotMetadata)
		change(md)
		if checkFetched(&h, md) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// Who is elected does not lead before an entry of its own is committed: until then
// it may not even know what its predecessors had committed.
func TestLeadsOnlyWhenTheOldLogIsCommitted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fs := vfs.NewMem()
		n := mustOpen(t, aloneOptions(t, fs))
		epoch := n.role.wait()
		want := n.fill(epoch, 0, 5)
		stall := &staller{only: ".log"}
		o := aloneOptions(t, vfs.NewErrorFS(fs.CrashClone(vfs.CrashOptions{}), stall.inject))
		o.Role = newTestRole()
		q, err := Open(o)
		if err != nil {
			t.Fatal(err)
		}
		defer q.Close()
		role := o.Role.(*testRole)
		stall.hold(true)
		q.Start()
		time.Sleep(time.Minute)
		if e, _ := role.leads(); e != 0 {
			t.Error("leads without an entry of its own on disk")
		}
		if _, err := q.Append(epoch+1, records("x")); err == nil {
			t.Error("takes a decision already")
		}
		stall.hold(false)
		if e := role.wait(); e != epoch+1 {
			t.Errorf("leads in epoch %d", e)
		}
		expect(t, (&node{t: t, q: q}).values(), want)
	})
}

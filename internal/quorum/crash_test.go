package quorum

import (
	"errors"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/vfs"
)

var errFrozen = errors.New("the machine is dead")

// fuse is a file system that dies at its nth change and stays dead.
type fuse struct {
	mu    sync.Mutex
	armed bool
	left  int  // changes until it blows
	torn  bool // the last write is done half
	blown bool
}

func (f *fuse) inject(op vfs.Op, _ string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.blown {
		return errFrozen
	}
	if !f.armed || !op.Changes() {
		return nil
	}
	if f.left--; f.left > 0 {
		return nil
	}
	f.blown = true
	if f.torn && op == vfs.OpWrite {
		return vfs.ErrTorn
	}
	return errFrozen
}

func (f *fuse) isBlown() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.blown
}

// crashKinds are what a dead machine, a dead process, and anything between leave.
func crashKinds(seed uint64) map[string]vfs.CrashOptions {
	r := rand.New(rand.NewPCG(seed, 2))
	return map[string]vfs.CrashOptions{
		"nothing unsynced survives": {},
		"everything survives": {
			KeepChange:   func(vfs.Change) bool { return true },
			KeepWrite:    func(_ string, _ int64, n int) int { return n },
			KeepTruncate: func(string, int64) bool { return true },
		},
		"some survives": {
			KeepChange:   func(vfs.Change) bool { return r.IntN(2) == 0 },
			KeepWrite:    func(_ string, _ int64, n int) int { return r.IntN(n + 1) },
			KeepTruncate: func(string, int64) bool { return r.IntN(2) == 0 },
		},
	}
}

// life is what a lone voter has promised.
type life struct {
	epoch int32 // the newest it led in
	acked []string
}

// live opens the voter, checks the promises of its past lives, and makes new ones
// until it is done or its disk dies.
func (l *life) live(t *testing.T, o Options, n int) {
	node, err := openNode(t, o)
	if err != nil {
		if !errors.Is(err, errFrozen) {
			t.Fatalf("open: %v", err)
		}
		return
	}
	defer node.q.Close()
	synctest.Wait()
	epoch, _ := node.role.leads()
	if epoch == 0 {
		return
	}
	if epoch <= l.epoch {
		t.Fatalf("leads in epoch %d after epoch %d", epoch, l.epoch)
	}
	l.epoch = epoch
	if !l.check(t, node) {
		return
	}
	for i := range n {
		v := strings.Repeat(string(rune('a'+i)), 60)
		end, err := node.q.Append(epoch, records(v))
		if err != nil {
			return
		}
		synctest.Wait()
		if node.q.Committed(epoch) < end {
			return
		}
		l.acked = append(l.acked, v)
		if i%4 == 3 {
			id := node.position()
			values, err := node.read()
			if err == nil {
				err = node.q.WriteSnapshot(id.EndOffset, id.Epoch, adder(values...))
			}
			if err != nil {
				return
			}
		}
	}
}

// check wants every acknowledged value, in order. Values between may be there whose
// fate was unknown. It returns false if the disk died meanwhile.
func (l *life) check(t *testing.T, node *node) bool {
	got, err := node.read()
	if errors.Is(err, errFrozen) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	for _, v := range got {
		if i < len(l.acked) && v == l.acked[i] {
			i++
		}
	}
	if i < len(l.acked) {
		t.Fatalf("acknowledged value %d is gone: %d values in the log, %d acknowledged", i, len(got), len(l.acked))
	}
	return true
}

// A lone voter is killed at each of its file system operations. Whatever survives,
// it starts again, knows every acknowledged record, and never leads in an epoch in
// which it led before.
func TestAloneIsKilledAtEveryOperation(t *testing.T) {
	for _, torn := range []bool{false, true} {
		for at := 1; ; at++ {
			done := false
			synctest.Test(t, func(t *testing.T) { done = killAloneAt(t, at, torn) })
			if done || t.Failed() {
				t.Logf("torn %v: %d operations", torn, at-1)
				if at < 100 {
					t.Errorf("only %d operations", at-1)
				}
				break
			}
		}
	}
}

// killAloneAt returns true if the scenario ends before its disk dies.
func killAloneAt(t *testing.T, at int, torn bool) bool {
	disk, f := vfs.NewMem(), &fuse{armed: true, left: at, torn: torn}
	o := aloneOptions(t, nil)
	smallSegments(&o)
	o.FS = vfs.NewErrorFS(disk, f.inject)
	var l life
	for range 2 {
		l.live(t, o, 9)
	}
	if !f.isBlown() {
		return true
	}
	for name, crash := range crashKinds(uint64(at)) {
		again := life{epoch: l.epoch, acked: slices.Clone(l.acked)}
		o := aloneOptions(t, disk.CrashClone(crash))
		smallSegments(&o)
		again.live(t, o, 2)
		if again.epoch == l.epoch || len(again.acked) != len(l.acked)+2 {
			t.Errorf("killed at operation %d, %s: it does not work any more", at, name)
		}
	}
	return false
}

// A follower is killed at each operation while it loses a tail that another leader
// overtook, by way of that leader's entries or of its snapshot, and then comes back.
func TestFollowerIsKilledAtEveryOperation(t *testing.T) {
	for _, snapshots := range []int{0, keptSnapshots + 1} {
		for at := 1; ; at++ {
			done := false
			for kind := range crashKinds(0) {
				synctest.Test(t, func(t *testing.T) {
					cryptotest.SetGlobalRandom(t, 7)
					done = killFollowerAt(t, at, kind, snapshots)
				})
			}
			if done || t.Failed() {
				t.Logf("%d snapshots: %d operations", snapshots, at-1)
				if at < 15 {
					t.Errorf("only %d operations", at-1)
				}
				break
			}
		}
	}
}

func killFollowerAt(t *testing.T, at int, kind string, snapshots int) bool {
	c := newCluster(t, 3, 7)
	fuses := map[uint64]*fuse{}
	c.tune = func(o *Options) {
		smallSegments(o)
		id := InitialRaftID(o.NodeID)
		fuses[id] = &fuse{left: at}
		o.FS = vfs.NewErrorFS(c.disks[id], fuses[id].inject)
	}
	for _, id := range c.ids {
		c.start(id)
	}
	old, epoch := c.leader()
	want := old.fill(epoch, 0, 5)
	c.converge()
	c.net.isolate(old.id(), c.ids, true)
	for range 20 {
		if _, err := old.q.Append(epoch, records(strings.Repeat("lost", 20))); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(3 * time.Second)
	leader, newer := c.leader()
	want = append(want, leader.fill(newer, len(want), 2)...)
	for range snapshots {
		want = append(want, leader.fill(newer, len(want), 4)...)
		leader.snapshot()
	}
	victim, f := old.id(), fuses[old.id()]
	f.mu.Lock()
	f.armed = true
	f.mu.Unlock()
	c.net.isolate(victim, c.ids, false)
	want = append(want, leader.fill(newer, len(want), 2)...)
	time.Sleep(20 * time.Second)
	if f.isBlown() {
		c.crash(victim, crashKinds(uint64(at))[kind])
		c.start(victim)
	}
	t.Logf("killed at operation %d, %s", at, kind)
	if !f.isBlown() {
		return true
	}
	c.converge()
	expect(t, c.nodes[victim].values(), want)
	return false
}

// Bytes that were synced once and are wrong now are not taken for a torn tail.
func TestDamagedLogIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fs := vfs.NewMem()
		n := mustOpen(t, aloneOptions(t, fs))
		n.fill(n.role.wait(), 0, 10)
		n.close()
		f, err := fs.Open(filepath.Join(metadataDir, "00000000000000000000.log"), 2, 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Truncate(700); err != nil {
			t.Fatal(err)
		}
		f.Close()
		if _, err := openNode(t, aloneOptions(t, fs)); !errors.Is(err, ErrLostEntries) {
			t.Fatalf("opened a log that lost its end: %v", err)
		}
	})
}

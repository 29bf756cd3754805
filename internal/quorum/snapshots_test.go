package quorum

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/vfs"
)

// smallSegments makes the log roll often, so that deleting it can be seen.
func smallSegments(o *Options) {
	c := commitlog.DefaultConfig()
	c.SegmentBytes = 600
	o.Log = &c
}

// snapshot writes a snapshot of all committed values as the log has them.
func (n *node) snapshot() SnapshotID {
	n.t.Helper()
	values, id := n.values(), n.position()
	if err := n.q.WriteSnapshot(id.EndOffset, id.Epoch, adder(values...)); err != nil {
		n.t.Fatal(err)
	}
	return id
}

// position is the end of what is committed.
func (n *node) position() SnapshotID {
	n.q.mu.Lock()
	defer n.q.mu.Unlock()
	p := n.q.table.at(n.q.applied)
	return SnapshotID{EndOffset: p.endOffset, Epoch: int32(p.term)}
}

// fill writes values from a counter on.
func (n *node) fill(epoch int32, from, count int) (values []string) {
	for i := from; i < from+count; i++ {
		v := fmt.Sprintf("value %d %s", i, strings.Repeat(".", 40))
		n.write(epoch, v)
		values = append(values, v)
	}
	return values
}

func TestSnapshotsReplaceTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fs := vfs.NewMem()
		o := aloneOptions(t, fs)
		smallSegments(&o)
		var want []string
		var taken []SnapshotID
		for round := range 5 {
			n := mustOpen(t, o)
			epoch := n.role.wait()
			expect(t, n.values(), want)
			want = append(want, n.fill(epoch, 100*round, 20)...)
			taken = append(taken, n.snapshot())
			want = append(want, n.fill(epoch, 100*round+50, 20)...)
			expect(t, n.values(), want)
			kept := taken[max(0, len(taken)-keptSnapshots):]
			if got := n.q.Snapshots(); !slices.Equal(got, kept) {
				t.Fatalf("snapshots %v, want %v", got, kept)
			}
			if start := n.q.disk.log.StartOffset(); len(kept) == keptSnapshots && start != kept[0].EndOffset {
				t.Fatalf("the log begins at %d, the older snapshot ends at %d", start, kept[0].EndOffset)
			}
			n.close()
		}
		files, err := fs.ReadDir(metadataDir)
		if err != nil {
			t.Fatal(err)
		}
		logs := 0
		for _, f := range files {
			if strings.Contains(f.Name(), ".log") {
				logs++
			}
		}
		if all := 5 * 40 * 120 / 600; logs > all/2 {
			t.Errorf("%d segments are left of %d", logs, all)
		}
	})
}

func TestSnapshotPositions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := mustOpen(t, aloneOptions(t, vfs.NewMem()))
		epoch := n.role.wait()
		n.write(epoch, "a", "b", "c")
		end := n.write(epoch, "d")
		for _, bad := range []SnapshotID{
			{0, 0}, {0, 1}, {end, epoch + 1}, {end - 2, epoch}, {end + 1, epoch}, {end + 100, epoch}, {-1, epoch},
		} {
			if err := n.q.WriteSnapshot(bad.EndOffset, bad.Epoch, adder()); !errors.Is(err, ErrSnapshotPosition) {
				t.Errorf("%v: %v", bad, err)
			}
		}
		if n.q.LogBytesSinceSnapshot() == 0 {
			t.Error("no bytes since the beginning")
		}
		good := n.snapshot()
		if left := n.q.LogBytesSinceSnapshot(); left != 0 {
			t.Errorf("%d bytes since a snapshot of everything", left)
		}
		// Again, and an older one: both are covered already.
		for _, end := range []int64{good.EndOffset, good.EndOffset - 1} {
			err := n.q.WriteSnapshot(end, epoch, func(func([]byte) error) error { return errors.New("was written again") })
			if err != nil {
				t.Error(err)
			}
		}
		n.write(epoch, "e")
		if n.q.LogBytesSinceSnapshot() != n.q.table.bytes(n.q.applied, n.q.applied) {
			t.Errorf("%d bytes since the snapshot", n.q.LogBytesSinceSnapshot())
		}
		n.close()
	})
}

// A damaged newest snapshot costs nothing: the log reaches back to the older one.
func TestDamagedSnapshotGivesWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fs := vfs.NewMem()
		o := aloneOptions(t, fs)
		smallSegments(&o)
		n := mustOpen(t, o)
		epoch := n.role.wait()
		want := n.fill(epoch, 0, 20)
		n.snapshot()
		want = append(want, n.fill(epoch, 20, 20)...)
		newest := n.snapshot()
		want = append(want, n.fill(epoch, 40, 20)...)
		n.close()
		f, err := fs.Open(metadataDir+"/"+newest.String(), os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		f.WriteAt([]byte{0xff}, 200)
		f.Close()
		n = mustOpen(t, o)
		epoch = n.role.wait()
		expect(t, n.values(), want)
		if got := n.q.Snapshots(); len(got) != 1 || got[0] == newest {
			t.Fatalf("snapshots %v", got)
		}
		n.close()
		// With no snapshot at all the beginning of the log is missing.
		for _, id := range append(n.q.Snapshots(), newest) {
			if err := fs.Remove(metadataDir + "/" + id.String()); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := openNode(t, o); !errors.Is(err, ErrLostEntries) {
			t.Fatalf("opened without a beginning: %v", err)
		}
	})
}

func TestReadSnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fs := vfs.NewMem()
		n := mustOpen(t, aloneOptions(t, fs))
		n.fill(n.role.wait(), 0, 50)
		id := n.snapshot()
		var got []byte
		for {
			part, size, err := n.q.ReadSnapshot(id, int64(len(got)), 100)
			if err != nil {
				t.Fatal(err)
			}
			if got = append(got, part...); len(part) == 0 {
				if int64(len(got)) != size {
					t.Fatalf("%d bytes of %d", len(got), size)
				}
				break
			}
		}
		want, err := vfs.ReadFile(fs, metadataDir+"/"+id.String(), 1<<20)
		if err != nil || string(want) != string(got) {
			t.Fatalf("other bytes (%v)", err)
		}
		id.EndOffset++
		if _, _, err := n.q.ReadSnapshot(id, 0, 100); !errors.Is(err, ErrSnapshotNotFound) {
			t.Errorf("another snapshot: %v", err)
		}
		n.close()
	})
}

// A voter that was away while the log was deleted starts over from a snapshot.
func TestLaggingVoterGetsASnapshot(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		c.tune = smallSegments
		leader, epoch := c.leader()
		want := leader.fill(epoch, 0, 10)
		c.converge()
		late := c.followers(leader)[0].id()
		c.crash(late, vfs.CrashOptions{})
		for range keptSnapshots + 1 {
			want = append(want, leader.fill(epoch, len(want), 15)...)
			leader.snapshot()
		}
		want = append(want, leader.fill(epoch, len(want), 5)...)
		n := c.start(late)
		c.converge()
		expect(t, n.values(), want)
		if got := n.q.Snapshots(); len(got) != 1 || got[0] != leader.q.Snapshots()[keptSnapshots-1] {
			t.Fatalf("the late voter holds %v", got)
		}
		// It is a voter like the others again: it restarts, and it can lead.
		c.crash(late, vfs.CrashOptions{})
		n = c.start(late)
		c.converge()
		expect(t, n.values(), want)
		for round := 0; ; round++ {
			leader, _ = c.leader()
			if leader.id() == late {
				break
			}
			if round == 20 {
				t.Fatal("it never leads")
			}
			c.stop(leader.id())
			c.leader()
			c.start(leader.id())
			c.converge()
		}
		want = append(want, leader.fill(c.newestEpoch(), len(want), 5)...)
		c.converge()
		expect(t, n.values(), want)
	})
}

// The same, while the leader cannot be reached for the file at first, and dies
// while it is copied.
func TestSnapshotFetchThatFails(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		c.tune = smallSegments
		leader, epoch := c.leader()
		want := leader.fill(epoch, 0, 10)
		c.converge()
		late := c.followers(leader)[0].id()
		c.crash(late, vfs.CrashOptions{})
		for range keptSnapshots + 1 {
			want = append(want, leader.fill(epoch, len(want), 30)...)
			for _, n := range c.nodes {
				c.converge()
				n.snapshot()
			}
		}
		n := c.start(late)
		for len(n.partFiles()) == 0 {
			time.Sleep(time.Millisecond)
		}
		c.crash(leader.id(), vfs.CrashOptions{})
		next, newer := c.leader()
		want = append(want, next.fill(newer, len(want), 3)...)
		c.start(leader.id())
		c.converge()
		expect(t, n.values(), want)
	})
}

// partFiles are the unfinished snapshots on a controller's disk.
func (n *node) partFiles() (out []string) {
	files, err := n.opts.FS.ReadDir(n.opts.Dir)
	if err != nil {
		n.t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name(), partSuffix) {
			out = append(out, f.Name())
		}
	}
	return out
}

// A voter with a divergent tail that gets a snapshot loses the tail.
func TestSnapshotOverADivergentTail(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		c.tune = smallSegments
		old, epoch := c.leader()
		want := old.fill(epoch, 0, 5)
		c.converge()
		c.net.isolate(old.id(), c.ids, true)
		for i := range 40 {
			if _, err := old.q.Append(epoch, records("lost "+strconv.Itoa(i))); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(3 * time.Second)
		leader, newer := c.leader()
		for range keptSnapshots + 1 {
			want = append(want, leader.fill(newer, len(want), 5)...)
			leader.snapshot()
		}
		if tail := old.q.Status().LogEndOffset; tail < leader.q.Snapshots()[0].EndOffset {
			t.Fatalf("the old leader's tail ends at %d, below the snapshots", tail)
		}
		c.net.isolate(old.id(), c.ids, false)
		c.converge()
		expect(t, old.values(), want)
		c.crash(old.id(), vfs.CrashOptions{})
		c.start(old.id())
		c.converge()
		expect(t, c.nodes[old.id()].values(), want)
	})
}

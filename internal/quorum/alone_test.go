package quorum

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/vfs"
)

func TestAloneLeadsAndCommits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		n := mustOpen(t, aloneOptions(t, vfs.NewMem()))
		epoch := n.role.wait()
		if epoch != 1 || time.Since(start) != 0 {
			t.Fatalf("leads in epoch %d after %v; a lone voter waits for no tick", epoch, time.Since(start))
		}
		if end := n.write(epoch, "a", "b"); end != 3 {
			t.Fatalf("end offset %d, want 3: a no-op and two records", end)
		}
		n.write(epoch, "c")
		expect(t, n.values(), []string{"a", "b", "c"})
		n.close()
		if n.role.told[len(n.role.told)-1] != "resign" {
			t.Fatalf("role was told %v", n.role.told)
		}
	})
}

func TestAloneRestarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fs := vfs.NewMem()
		var want []string
		for i := range 5 {
			n := mustOpen(t, aloneOptions(t, fs))
			epoch := n.role.wait()
			if epoch != int32(i+1) {
				t.Fatalf("start %d leads in epoch %d", i, epoch)
			}
			expect(t, n.values(), want)
			value := strings.Repeat("x", i+1)
			n.write(epoch, value)
			want = append(want, value)
			n.close()
		}
	})
}

// A process that dies leaves what it wrote in the page cache; a machine that dies
// leaves what was synced. What was committed is there after both.
func TestAloneAfterDeath(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fs := vfs.NewMem()
		n := mustOpen(t, aloneOptions(t, fs))
		epoch := n.role.wait()
		for _, v := range []string{"a", "b", "c"} {
			n.write(epoch, v)
		}
		all := func(vfs.Change) bool { return true }
		whole := func(_ string, _ int64, n int) int { return n }
		for name, crash := range map[string]vfs.CrashOptions{
			"machine": {},
			"process": {KeepChange: all, KeepWrite: whole, KeepTruncate: func(string, int64) bool { return true }},
		} {
			again := mustOpen(t, aloneOptions(t, fs.CrashClone(crash)))
			if e := again.role.wait(); e != epoch+1 {
				t.Errorf("%s: leads in epoch %d", name, e)
			}
			expect(t, again.values(), []string{"a", "b", "c"})
			again.close()
		}
		n.close()
	})
}

func TestAppendRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fs := vfs.NewMem()
		n := mustOpen(t, aloneOptions(t, fs))
		n.role.wait()
		n.close()
		n = mustOpen(t, aloneOptions(t, fs))
		epoch := n.role.wait()
		end := n.write(epoch, "a")
		for _, c := range []struct {
			epoch int32
			value string
			want  error
		}{
			{epoch - 1, "x", shard.ErrStaleEpoch},
			{epoch + 1, "x", shard.ErrNotLeader},
			{epoch, strings.Repeat("x", maxEntryBytes), shard.ErrTooLarge},
		} {
			if _, err := n.q.Append(c.epoch, records(c.value)); !errors.Is(err, c.want) {
				t.Errorf("epoch %d: %v, want %v", c.epoch, err, c.want)
			}
		}
		if next := n.write(epoch, "b"); next != end+1 {
			t.Errorf("a refused append moved the end from %d to %d", end, next-1)
		}
		n.close()
		if _, err := n.q.Append(epoch, records("x")); err == nil {
			t.Error("appended after Close")
		}
	})
}

// A shard over the quorum: the whole way of a decision, and a restart.
func TestShardOverTheQuorum(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fs := vfs.NewMem()
		for i := range 3 {
			rt := shard.NewRuntime(nil)
			m := &listMachine{}
			o := aloneOptions(t, fs)
			role := &lateRole{}
			o.Role = role
			q, err := Open(o)
			if err != nil {
				t.Fatal(err)
			}
			s := shard.New(rt, shard.Options{Log: q, Machine: m})
			role.Role = s
			q.Start()
			synctest.Wait()
			seen, err := shard.Call(s, func(int64) ([]shard.Record, int, error) {
				return records("v"), len(m.values), nil
			})
			if err != nil || seen != i {
				t.Fatalf("start %d saw %d values (%v)", i, seen, err)
			}
			if got, err := shard.Call(s, func(int64) ([]shard.Record, []string, error) {
				return nil, slices.Clone(m.values), nil
			}); err != nil || len(got) != i+1 {
				t.Fatalf("start %d read %q (%v)", i, got, err)
			}
			s.Close()
			if err := q.Close(); err != nil {
				t.Fatal(err)
			}
			rt.Close()
		}
	})
}

// lateRole is a role that is known only after Open.
type lateRole struct{ Role }

// listMachine collects values.
type listMachine struct{ values []string }

func (m *listMachine) Replay(_ int64, r shard.Record) error {
	if string(r.Value) != noOpValue {
		m.values = append(m.values, string(r.Value))
	}
	return nil
}
func (m *listMachine) Loaded(int64)   {}
func (m *listMachine) Unloaded(error) { m.values = nil }

func TestStatusAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := mustOpen(t, aloneOptions(t, vfs.NewMem()))
		end := n.write(n.role.wait(), "a")
		st := n.q.Status()
		if st.LeaderID != 1 || st.LeaderEpoch != 1 || st.HighWatermark != end || len(st.Voters) != 1 || len(st.Learners) != 0 {
			t.Fatalf("%+v", st)
		}
		if v := st.Voters[0]; v.NodeID != 1 || v.DirectoryID != testDir(1) || v.LogEndOffset != end || v.LastCaughtUpMs != time.Now().UnixMilli() {
			t.Fatalf("%+v", v)
		}
		n.close()
	})
}

// Another node's directory, or another directory of this node, must not be taken
// for this one's: the votes in it were given by somebody else.
func TestForeignDirectoryIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fs := vfs.NewMem()
		n := mustOpen(t, aloneOptions(t, fs))
		n.role.wait()
		n.close()
		o := aloneOptions(t, fs)
		o.DirectoryID = testDir(2)
		if _, err := openNode(t, o); err == nil {
			t.Error("opened under another directory id")
		}
		o = aloneOptions(t, fs)
		o.NodeID = 2
		if _, err := openNode(t, o); err == nil {
			t.Error("opened under another node id")
		}
	})
}

// Without its votes a log is worth nothing to a voter.
func TestMissingHardStateIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fs := vfs.NewMem()
		n := mustOpen(t, aloneOptions(t, fs))
		n.write(n.role.wait(), "a")
		n.close()
		if err := fs.Remove(metadataDir + "/" + hardStateName); err != nil {
			t.Fatal(err)
		}
		if _, err := openNode(t, aloneOptions(t, fs)); !errors.Is(err, ErrLostEntries) {
			t.Errorf("opened: %v", err)
		}
	})
}

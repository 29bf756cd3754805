package replica

import (
	"errors"
	"fmt"
	"testing"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/vfs"
)

func shardNow() int64 { return testNowMs }

func record(key, value string) shard.Record {
	return shard.Record{Key: []byte(key), Value: []byte(value)}
}

// readAll reads a shard's log from an offset.
func readAll(t *testing.T, l shard.Log, from int64) (got []string, next int64) {
	t.Helper()
	next, err := l.Read(from, func(offset int64, r shard.Record) error {
		value := string(r.Value)
		if r.Value == nil {
			value = "gone"
		}
		got = append(got, fmt.Sprintf("%d %s=%s", offset, r.Key, value))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got, next
}

func TestShardLog(t *testing.T) {
	w := newWorld(t)
	p := w.topic("__consumer_offsets", 1)
	w.config("__consumer_offsets", "internal.segment.bytes", "200")
	l := p.ShardLog(shardNow)
	moved := 0
	l.OnCommit(func() {
		moved++
		if l.Committed(0) == 0 {
			t.Error("told of a movement that is not to be seen")
		}
	})
	for i := range 20 {
		end, err := l.Append(0, []shard.Record{record("k", fmt.Sprint(i)), {Key: []byte("d")}})
		if err != nil || end != int64(2*i+2) || l.Committed(0) != end {
			t.Fatalf("append %d: end %d, err %v, committed %d", i, end, err, l.Committed(0))
		}
	}
	if moved != 20 {
		t.Errorf("told %d times, want 20", moved)
	}
	got, next := readAll(t, l, 0)
	if len(got) != 40 || next != 40 || got[0] != "0 k=0" || got[39] != "39 d=gone" {
		t.Errorf("read %d records up to %d: %v", len(got), next, got)
	}
	if got, _ := readAll(t, l, 37); len(got) != 3 || got[0] != "37 d=gone" {
		t.Errorf("from 37: %v", got)
	}
	if _, err := p.DeleteRecords(30); err != nil {
		t.Fatal(err)
	}
	if got, next := readAll(t, l, 0); len(got) != 10 || next != 40 {
		t.Errorf("after the start moved to 30: %v up to %d", got, next)
	}
	stop := errors.New("stop")
	if _, err := l.Read(0, func(int64, shard.Record) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("an error of the callback became %v", err)
	}
}

func TestShardLogAndLeadership(t *testing.T) {
	w := newWorld(t)
	p := w.topic("__consumer_offsets", 1, 2)
	l := p.ShardLog(shardNow)
	if _, err := l.Append(0, []shard.Record{record("a", "1")}); err != nil {
		t.Fatal(err)
	}
	if c := l.Committed(0); c != 0 {
		t.Errorf("committed %d before the other replica has it", c)
	}
	p.followerHas(2, 1)
	if c := l.Committed(0); c != 1 {
		t.Errorf("committed %d", c)
	}
	if _, err := l.Append(5, []shard.Record{record("a", "2")}); !errors.Is(err, shard.ErrStaleEpoch) {
		t.Errorf("append in another epoch: %v", err)
	}
	w.change("__consumer_offsets", 2, 1, 2)
	if _, err := l.Append(0, []shard.Record{record("a", "2")}); !errors.Is(err, shard.ErrNotLeader) {
		t.Errorf("append after the leadership moved: %v", err)
	}
	if c := l.Committed(0); c != 1 {
		t.Errorf("what was committed became %d", c)
	}
	w.change("__consumer_offsets", 1, 1, 2)
	if c := l.Committed(0); c != 1 {
		t.Errorf("what was committed in epoch 0 became %d in epoch 2", c)
	}
	if _, err := l.Append(2, []shard.Record{record("a", "3")}); err != nil {
		t.Fatal(err)
	}
	p.followerHas(2, 2)
	if c := l.Committed(2); c != 2 {
		t.Errorf("committed %d in epoch 2", c)
	}
	w.config("__consumer_offsets", "min.insync.replicas", "2")
	w.change("__consumer_offsets", keepLeader, 1)
	if _, err := l.Append(2, []shard.Record{record("a", "4")}); !errors.Is(err, ErrNotEnoughReplicas) {
		t.Errorf("append with too few in sync: %v", err)
	}
}

func TestShardLogOnAFailingDisk(t *testing.T) {
	w := newWorld(t)
	fail := false
	w.logs.env.FS = vfs.NewErrorFS(vfs.NewMem(), func(op vfs.Op, _ string) error {
		if fail && op == vfs.OpWrite {
			return errors.New("disk gone")
		}
		return nil
	})
	l := w.topic("__consumer_offsets", 1).ShardLog(shardNow)
	if _, err := l.Append(0, []shard.Record{record("a", "1")}); err != nil {
		t.Fatal(err)
	}
	fail = true
	if _, err := l.Append(0, []shard.Record{record("a", "2")}); !errors.Is(err, shard.ErrStorage) {
		t.Errorf("append: %v", err)
	}
	if len(w.logs.reports) == 0 {
		t.Error("the directories were not told")
	}
}

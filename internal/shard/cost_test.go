package shard_test

import (
	"runtime"
	"testing"

	"github.com/brolga-io/brolga/internal/shard"
)

// still is a machine without state.
type still struct{}

func (still) Replay(int64, shard.Record) error { return nil }
func (still) Loaded(int64)                     {}
func (still) Unloaded(error)                   {}

// fixedLog is a log that commits at once and keeps nothing.
type fixedLog struct{ end int64 }

func (l *fixedLog) Append(_ int32, recs []shard.Record) (int64, error) {
	l.end += int64(len(recs))
	return l.end, nil
}
func (l *fixedLog) Committed(int32) int64 { return l.end }
func (l *fixedLog) OnCommit(func())       {}
func (l *fixedLog) Read(int64, func(int64, shard.Record) error) (int64, error) {
	return l.end, nil
}

func heapBytes() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// 5,000 shards that have worked and rest cost memory for their structs only.
func TestIdleShardIsCheap(t *testing.T) {
	const count = 5000
	rt := shard.NewRuntime(nil)
	log := &fixedLog{}
	shards := make([]*shard.Shard, count)
	goroutines, before := runtime.NumGoroutine(), heapBytes()
	for i := range shards {
		shards[i] = shard.New(rt, shard.Options{Log: log, Machine: still{}})
	}
	for _, s := range shards {
		s.Lead(1)
	}
	for _, s := range shards {
		for {
			if _, err := shard.Call(s, func(int64) ([]shard.Record, int, error) { return nil, 0, nil }); err == nil {
				break
			}
		}
	}
	each := (heapBytes() - before) / count
	t.Logf("%d bytes for an idle shard", each)
	if each > 1024 {
		t.Errorf("an idle shard keeps %d bytes", each)
	}
	if n := runtime.NumGoroutine(); n > goroutines+10 {
		t.Errorf("%d goroutines for idle shards", n-goroutines)
	}
	for _, s := range shards {
		s.Close()
	}
	rt.Close()
}

func benchShard(b *testing.B) *shard.Shard {
	rt := shard.NewRuntime(nil)
	s := shard.New(rt, shard.Options{Log: &fixedLog{}, Machine: still{}})
	s.Lead(1)
	for {
		if _, err := shard.Call(s, func(int64) ([]shard.Record, int, error) { return nil, 0, nil }); err == nil {
			break
		}
	}
	b.Cleanup(func() { s.Close(); rt.Close() })
	b.ReportAllocs()
	return s
}

func BenchmarkCall(b *testing.B) {
	s := benchShard(b)
	recs := []shard.Record{{Value: []byte("v")}}
	for b.Loop() {
		if _, err := shard.Call(s, func(int64) ([]shard.Record, int, error) { return recs, 0, nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPushBack is a heartbeat: a decision without records that pushes a
// session's deadline back.
func BenchmarkPushBack(b *testing.B) {
	s := benchShard(b)
	expire := func(int64) shard.Result { return shard.Result{} }
	done := make(chan error, 1)
	beat := func(int64) shard.Result {
		s.Schedule("member", 30_000, expire)
		return shard.Result{Done: func(err error) { done <- err }}
	}
	for b.Loop() {
		s.Submit(beat, nil)
		<-done
	}
}

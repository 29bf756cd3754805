package shard_test

import (
	"errors"
	"maps"
	"strconv"
	"testing"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/shard/shardtest"
)

// tally is a machine that adds numbers up by key.
type tally struct {
	sums     map[string]int
	loads    int
	unloads  []error
	replayed int
	onLoaded func()
	onReplay func(offset int64) error
}

func newTally() *tally { return &tally{sums: map[string]int{}} }

func (m *tally) Replay(offset int64, r shard.Record) error {
	if m.onReplay != nil {
		if err := m.onReplay(offset); err != nil {
			return err
		}
	}
	n, err := strconv.Atoi(string(r.Value))
	if err != nil {
		return err
	}
	m.sums[string(r.Key)] += n
	m.replayed++
	return nil
}

func (m *tally) Loaded(int64) {
	m.loads++
	if m.onLoaded != nil {
		m.onLoaded()
	}
}

func (m *tally) Unloaded(err error) {
	m.sums = map[string]int{}
	m.unloads = append(m.unloads, err)
}

func (m *tally) Snapshot() any { return maps.Clone(m.sums) }

func add(key string, n int) []shard.Record {
	return []shard.Record{{Key: []byte(key), Value: []byte(strconv.Itoa(n))}}
}

// fixture is one shard over a log in memory.
type fixture struct {
	t       *testing.T
	rt      *shard.Runtime
	log     *shardtest.Log
	machine *tally
	shard   *shard.Shard
}

// newFixture returns a shard that leads in epoch 1.
func newFixture(t *testing.T) *fixture {
	f := newUnled(t, shardtest.NewLog(), nil)
	f.lead(1)
	return f
}

func newUnled(t *testing.T, log *shardtest.Log, as shard.Log) *fixture {
	if as == nil {
		as = log
	}
	f := &fixture{t: t, rt: shard.NewRuntime(nil), log: log, machine: newTally()}
	f.shard = shard.New(f.rt, shard.Options{Log: as, Machine: f.machine})
	t.Cleanup(func() {
		f.shard.Close()
		f.rt.Close()
	})
	return f
}

// lead elects and waits until the shard decides.
func (f *fixture) lead(epoch int32) {
	f.t.Helper()
	f.log.Elect(epoch)
	f.shard.Lead(epoch)
	f.settled()
}

// settled waits until the shard is loaded or refuses for another reason.
func (f *fixture) settled() {
	f.t.Helper()
	for {
		reached := make(chan error, 1)
		f.shard.Submit(
			func(int64) shard.Result { reached <- nil; return shard.Result{} },
			func(err error) { reached <- err })
		if err := <-reached; !errors.Is(err, shard.ErrLoading) {
			return
		}
	}
}

// write submits an addition and returns where its answer will be.
func (f *fixture) write(key string, n int) chan error {
	fate := make(chan error, 1)
	f.shard.Submit(func(int64) shard.Result {
		return shard.Result{Records: add(key, n), Done: func(err error) { fate <- err }}
	}, func(err error) { fate <- err })
	return fate
}

// read submits a look at a sum; the value arrives with the answer.
func (f *fixture) read(key string) (value *int, fate chan error) {
	value, fate = new(int), make(chan error, 1)
	f.shard.Submit(func(int64) shard.Result {
		*value = f.machine.sums[key]
		return shard.Result{Done: func(err error) { fate <- err }}
	}, func(err error) { fate <- err })
	return value, fate
}

// flush waits until the loop has run everything submitted so far.
func (f *fixture) flush() {
	passed := make(chan struct{})
	f.shard.Submit(func(int64) shard.Result { close(passed); return shard.Result{} },
		func(error) { close(passed) })
	<-passed
}

func unanswered(t *testing.T, fate chan error) {
	t.Helper()
	select {
	case err := <-fate:
		t.Fatalf("answered (%v) before what it saw was committed", err)
	default:
	}
}

func answered(t *testing.T, fate chan error, want error) {
	t.Helper()
	if err := <-fate; !errors.Is(err, want) {
		t.Fatalf("answer %v, want %v", err, want)
	}
}

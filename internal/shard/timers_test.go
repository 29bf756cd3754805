package shard_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/shard/shardtest"
)

// onLoop runs fn on the shard's loop.
func (f *fixture) onLoop(fn func()) {
	f.t.Helper()
	if _, err := shard.Call(f.shard, func(int64) ([]shard.Record, int, error) { fn(); return nil, 0, nil }); err != nil {
		f.t.Fatal(err)
	}
}

// bubble runs fn on a fresh shard inside a synctest bubble.
func bubble(t *testing.T, fn func(t *testing.T, f *fixture)) {
	synctest.Test(t, func(t *testing.T) { fn(t, newFixture(t)) })
}

func TestTimerDecides(t *testing.T) {
	bubble(t, func(t *testing.T, f *fixture) {
		fate := make(chan error, 1)
		start := time.Now()
		f.onLoop(func() {
			f.shard.Schedule("k", 1500, func(nowMs int64) shard.Result {
				if nowMs != time.Now().UnixMilli() {
					t.Errorf("nowMs %d", nowMs)
				}
				return shard.Result{Records: add("a", 1), Done: func(err error) { fate <- err }}
			})
		})
		answered(t, fate, nil)
		if took := time.Since(start); took != 1500*time.Millisecond {
			t.Fatalf("ran after %v", took)
		}
		shardtest.CheckReplay(t, f.shard, f.log, f.machine, newTally())
	})
}

func TestTimersRunInTheirOrder(t *testing.T) {
	bubble(t, func(t *testing.T, f *fixture) {
		var ran []string
		note := func(s string) shard.Decide {
			return func(int64) shard.Result {
				ran = append(ran, fmt.Sprintf("%s@%d", s, time.Now().UnixMilli()%100_000))
				return shard.Result{}
			}
		}
		begin := time.Now().UnixMilli() % 100_000
		f.onLoop(func() {
			f.shard.Schedule("late", 900, note("late"))
			f.shard.Schedule("pushed", 100, note("wrong"))
			f.shard.Schedule("pushed", 500, note("pushed"))
			f.shard.Schedule("pulled", 5000, note("wrong"))
			f.shard.Schedule("pulled", 200, note("pulled"))
			f.shard.Schedule("gone", 300, note("gone"))
			f.shard.Schedule(7, 50, note("seven"))
			f.shard.Cancel("gone")
			f.shard.Cancel("never was")
		})
		time.Sleep(10 * time.Second)
		synctest.Wait()
		want := []string{
			fmt.Sprintf("seven@%d", begin+50), fmt.Sprintf("pulled@%d", begin+200),
			fmt.Sprintf("pushed@%d", begin+500), fmt.Sprintf("late@%d", begin+900),
		}
		f.onLoop(func() {
			if !slices.Equal(ran, want) {
				t.Errorf("ran %v, want %v", ran, want)
			}
		})
	})
}

func TestUnloadCancelsTimers(t *testing.T) {
	bubble(t, func(t *testing.T, f *fixture) {
		ran := 0
		f.onLoop(func() {
			f.shard.Schedule("k", 100, func(int64) shard.Result { ran++; return shard.Result{} })
		})
		f.shard.Resign()
		f.lead(2)
		time.Sleep(time.Second)
		synctest.Wait()
		f.onLoop(func() {
			if ran != 0 {
				t.Error("a timer outlived its leadership")
			}
		})
	})
}

// Heartbeats push deadlines back all the time; the timer still rings once, and
// only after the last push.
func TestPushedBackTimerRingsOnce(t *testing.T) {
	bubble(t, func(t *testing.T, f *fixture) {
		var rang []time.Duration
		start := time.Now()
		for range 100 {
			f.onLoop(func() {
				f.shard.Schedule("session", 3000, func(int64) shard.Result {
					rang = append(rang, time.Since(start))
					return shard.Result{}
				})
			})
			time.Sleep(time.Second)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		f.onLoop(func() {
			if !slices.Equal(rang, []time.Duration{102 * time.Second}) {
				t.Errorf("rang at %v, want once at 102 s", rang)
			}
		})
	})
}

// A timer that schedules itself again from its own decision, many shards at once.
func TestManyShardsShareOneClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := shard.NewRuntime(nil)
		counts := make([]int, 50)
		var shards []*shard.Shard
		for i := range counts {
			s := shard.New(rt, shard.Options{Log: shardtest.NewLog(), Machine: newTally()})
			var again shard.Decide
			again = func(int64) shard.Result {
				counts[i]++
				s.Schedule("tick", int64(10+i), again)
				return shard.Result{}
			}
			s.Lead(1)
			synctest.Wait()
			s.Submit(again, nil)
			shards = append(shards, s)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		for _, s := range shards {
			s.Close()
		}
		rt.Close()
		for i, n := range counts {
			if want := 1 + 10_000/(10+i); n != want {
				t.Errorf("shard %d ran %d times, want %d", i, n, want)
			}
		}
	})
}

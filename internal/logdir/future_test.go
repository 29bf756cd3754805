package logdir

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/vfs"
)

// moveWorld is a machine with two data directories and a partition in the first.
func moveWorld(t *testing.T, records int) (*world, *Dirs, *commitlog.Log) {
	w := newWorld(t, "d1", "d2")
	lc := commitlog.DefaultConfig()
	lc.SegmentBytes = 2000
	w.cfg.Log = &lc
	d := w.open()
	watch(d)
	l := w.create(d, tp("a", 0), id(1))
	w.fill(l, records)
	return w, d, l
}

func watch(d *Dirs) {
	d.SetHighWatermarks(func(p commitlog.TopicPartition) (int64, bool) {
		l, err := d.Get(p)
		if err != nil {
			return 0, false
		}
		return l.EndOffset(), true
	})
}

func (w *world) names(dir string) (names []string) {
	entries, err := w.mem.ReadDir(dir)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

func wantPlace(t *testing.T, d *Dirs, want string) {
	t.Helper()
	if info, ok := d.Describe(tp("a", 0)); !ok || info.Dir != want || info.Err != nil {
		t.Fatalf("%+v %v, want it in %s", info, ok, want)
	}
}

// TestMoveTo moves a partition there and back, and the files follow.
func TestMoveTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, d, l := moveWorld(t, 50)
		if err := l.AdvanceStartOffset(7); err != nil {
			t.Fatal(err)
		}
		var told []commitlog.TopicPartition
		d.SetOnMoved(func(p commitlog.TopicPartition) { told = append(told, p) })
		for i, to := range []string{"d2", "d1", "d2"} {
			if err := d.MoveTo(tp("a", 0), to); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			wantPlace(t, d, to)
			if len(told) != i+1 || len(d.Futures()) != 0 {
				t.Fatalf("told %v, %v under way", told, d.Futures())
			}
			w.fill(l, 1)
		}
		w.end(d, tp("a", 0), 53)
		w.nowMs.Add(60_000)
		(&housekeeper{d: d, lastRetention: w.now()}).pass(w.now())
		if got := fmt.Sprint(w.names("d1"), w.names("d2")); got != "[] [a-0]" {
			t.Error(got)
		}
		if w.exists(filepath.Join("d2/a-0", movedName)) {
			t.Error("the mark is left")
		}
		w.abandon(d)
		d = w.open()
		wantPlace(t, d, "d2")
		w.end(d, tp("a", 0), 53)
		if s := w.get(d, tp("a", 0)).StartOffset(); s != 7 {
			t.Errorf("the log starts at %d", s)
		}
		if got, err := d.TopicID(tp("a", 0)); got != id(1) || err != nil {
			t.Error(got, err)
		}
		w.close(d, true)
	})
}

// TestMoveToErrors are the answers that AlterReplicaLogDirs gives.
func TestMoveToErrors(t *testing.T) {
	w, d, _ := moveWorld(t, 1)
	for _, tc := range []struct {
		tp   commitlog.TopicPartition
		path string
		want error
	}{
		{tp("a", 0), "d3", ErrUnknownDirectory},
		{tp("a", 0), "d1", nil},
		{tp("b", 0), "d2", ErrUnknownPartition},
		{tp(strings.Repeat("x", 249), 0), "d2", ErrNameTooLong},
	} {
		if err := d.MoveTo(tc.tp, tc.path); !errors.Is(err, tc.want) {
			t.Errorf("%s to %s: %v", tc.tp, tc.path, err)
		}
	}
	// The one that was not there is created where it was wanted.
	w.create(d, tp("c", 0), id(3))
	w.create(d, tp("b", 0), id(2))
	if info, _ := d.Describe(tp("b", 0)); info.Dir != "d2" {
		t.Errorf("%+v", info)
	}
	d.fail(d.dirs[1], errDisk)
	if err := d.MoveTo(tp("a", 0), "d2"); !errors.Is(err, ErrOffline) {
		t.Error(err)
	}
	if err := d.MoveTo(tp("b", 0), "d1"); !errors.Is(err, ErrOffline) {
		t.Error(err)
	}
	w.close(d, true)
}

// TestMoveIsThrottledAndCancelled: a move keeps to its rate, tells how far it is, and
// ends when the partition is to stay.
func TestMoveIsThrottledAndCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "d1", "d2")
		w.cfg.NewTicker = nil
		lc := commitlog.DefaultConfig()
		lc.SegmentBytes = 20_000
		w.cfg.Log = &lc
		begin := time.Now()
		d, err := Open(w.cfg, w.fs, func() int64 { return w.now() + time.Since(begin).Milliseconds() })
		if err != nil {
			t.Fatal(err)
		}
		l := w.create(d, tp("a", 0), id(1))
		w.fill(l, 500)
		size := l.Size()
		d.SetMoveRate(size / 10) // ten seconds
		if err := d.MoveTo(tp("a", 0), "d2"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		f := d.Futures()
		if len(f) != 1 || f[0].Dir != "d2" || f[0].Bytes < size*4/10 || f[0].Bytes > size*7/10 || f[0].End < 200 || f[0].End > 350 {
			t.Fatalf("%+v of %d bytes", f, size)
		}
		if err := d.MoveTo(tp("a", 0), "d2"); err != nil { // again
			t.Fatal(err)
		}
		if got := d.Futures(); len(got) != 1 || got[0].Bytes != f[0].Bytes {
			t.Fatalf("%+v, before %+v", got, f)
		}
		if err := d.MoveTo(tp("a", 0), "d1"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Second)
		synctest.Wait()
		wantPlace(t, d, "d1")
		if got := w.names("d2"); len(d.Futures()) != 0 || len(got) != 1 || !strings.HasSuffix(got[0], deleteSuffix) {
			t.Fatalf("%v %v", d.Futures(), got)
		}
		time.Sleep(66 * time.Second)
		synctest.Wait()
		if got := w.names("d2"); len(got) != 0 {
			t.Errorf("%v", got)
		}
		d.SetMoveRate(0)
		if err := d.MoveTo(tp("a", 0), "d2"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		wantPlace(t, d, "d1")
		// A partition that is deleted moves no more.
		if err := d.Delete(tp("a", 0), id(1)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute + 10*time.Second)
		synctest.Wait()
		if got := append(w.names("d1"), w.names("d2")...); len(got) != 0 {
			t.Errorf("%v", got)
		}
		w.close(d, true)
	})
}

// TestMoveSurvivesCrash ends the process, or the power, at every change of the disk
// that a move makes. Then the partition is there once with all its records, and ends
// up where it was to move.
func TestMoveSurvivesCrash(t *testing.T) {
	for _, power := range []bool{false, true} {
		for at := int64(1); ; at++ {
			if !crashDuringMove(t, power, at) {
				if at < 20 {
					t.Errorf("a move took only %d steps", at)
				}
				break
			}
		}
	}
}

// crashDuringMove stops the disk at the at-th change; false if the move needed fewer.
func crashDuringMove(t *testing.T, power bool, at int64) (crashed bool) {
	synctest.Test(t, func(t *testing.T) {
		w, d, l := moveWorld(t, 30)
		if err := l.AdvanceStartOffset(3); err != nil {
			t.Fatal(err)
		}
		d.Flush()
		(&housekeeper{d: d, lastRetention: w.now()}).pass(w.now())
		var steps atomic.Int64
		d.fs = vfs.NewErrorFS(w.mem, func(op vfs.Op, name string) error {
			if !op.Changes() || steps.Add(1) < at {
				return nil
			}
			return errDisk
		})
		d.env.FS = d.fs
		_ = d.MoveTo(tp("a", 0), "d2")
		synctest.Wait()
		crashed = steps.Load() >= at
		if crashed {
			for _, dd := range d.dirs {
				dd.lock.Close()
			}
			close(d.stop)
			d.wg.Wait()
		} else {
			w.abandon(d)
		}
		if power {
			w.loseUnsynced()
		}
		d = w.open()
		watch(d)
		if n := len(d.All()); n != 1 {
			t.Fatalf("step %d: %d partitions", at, n)
		}
		w.end(d, tp("a", 0), 30)
		if s := w.get(d, tp("a", 0)).StartOffset(); s != 3 {
			t.Errorf("step %d: the log starts at %d", at, s)
		}
		w.fill(w.get(d, tp("a", 0)), 1)
		synctest.Wait()
		if len(d.Futures()) != 0 {
			t.Errorf("step %d: %+v", at, d.Futures())
		}
		if err := d.MoveTo(tp("a", 0), "d2"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		wantPlace(t, d, "d2")
		w.end(d, tp("a", 0), 31)
		w.close(d, true)
	})
	return crashed
}

package logdir

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/vfs"
)

// TestOneOfSeveralDirectoriesFails: its partitions answer that they are
// offline, reads included; the others go on, and new ones go where disks work.
func TestOneOfSeveralDirectoriesFails(t *testing.T) {
	for _, op := range []vfs.Op{vfs.OpWrite, vfs.OpSync, vfs.OpRead} {
		t.Run(fmt.Sprint("op ", op), func(t *testing.T) {
			w := newCleanerWorld(t)
			var broken atomic.Bool
			w.fs = vfs.NewErrorFS(w.mem, func(got vfs.Op, name string) error {
				if broken.Load() && got == op && strings.HasPrefix(name, "d1/") {
					return errDisk
				}
				return nil
			})
			var failures []Failure
			w.cfg.Dirs = []string{"d1", "d2"}
			w.cfg.OnFailure = func(f Failure) { failures = append(failures, f) }
			w.open()
			logs := map[string]*commitlog.Log{}
			var lost, kept []string
			for i := range 6 {
				topic := fmt.Sprint("t", i)
				logs[topic] = w.create(topic)
				w.append(logs[topic], "k", "before")
				if info, _ := w.d.Describe(commitlog.TopicPartition{Topic: topic}); info.Dir == "d1" {
					lost = append(lost, topic)
				} else {
					kept = append(kept, topic)
				}
			}
			if len(lost) != 3 || len(kept) != 3 {
				t.Fatalf("%v and %v", lost, kept)
			}
			broken.Store(true)
			l := logs[lost[0]]
			switch op {
			case vfs.OpWrite:
				_, err := l.Append(1, record("k"), commitlog.AppendCheck{})
				w.d.Report(l, err)
			case vfs.OpSync:
				w.d.Flush()
			case vfs.OpRead:
				_, err := l.Read(0, 1000, 1, true)
				w.d.Report(l, err)
			}
			if len(failures) != 1 || failures[0].Dir != "d1" || len(failures[0].Partitions) != 3 || !errors.Is(failures[0].Err, errDisk) {
				t.Fatalf("%+v", failures)
			}
			for _, topic := range lost {
				if _, err := w.d.Get(commitlog.TopicPartition{Topic: topic}); !errors.Is(err, ErrOffline) {
					t.Errorf("%s: %v", topic, err)
				}
				if _, err := logs[topic].Append(1, record("k"), commitlog.AppendCheck{}); !errors.Is(err, commitlog.ErrStorage) {
					t.Errorf("append to %s: %v", topic, err)
				}
				if _, err := logs[topic].Read(0, 1000, 1, true); !errors.Is(err, commitlog.ErrStorage) {
					t.Errorf("read %s: %v", topic, err)
				}
			}
			for _, topic := range kept {
				w.append(logs[topic], "k", "after")
			}
			w.create("new")
			if info, _ := w.d.Describe(commitlog.TopicPartition{Topic: "new"}); info.Dir != "d2" {
				t.Errorf("a new partition is in %s", info.Dir)
			}
			w.d.Flush()
			w.d.Retain(w.nowMs.Load())
			w.clean()
			if err := w.d.Close(true); err != nil {
				t.Error(err)
			}
			broken.Store(false) // the disk was replaced by its copy
			w.open()
			for topic := range logs {
				if l, err := w.d.Get(commitlog.TopicPartition{Topic: topic}); err != nil || l.Check() != nil {
					t.Errorf("%s after a restart: %v", topic, err)
				}
			}
			if len(failures) != 1 {
				t.Errorf("%d failures", len(failures))
			}
		})
	}
}

// TestRecreatedTopic: the new topic of the same name has nothing of the old
// one, whose files go after file.delete.delay.ms, also across a restart.
func TestRecreatedTopic(t *testing.T) {
	for _, restart := range []bool{false, true} {
		w := newCleanerWorld(t)
		w.log.FileDeleteDelayMs = 60_000
		w.open()
		tp := commitlog.TopicPartition{Topic: "t"}
		old := w.create("t")
		w.append(old, "k", "old")
		oldID, err := w.d.TopicID(tp)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.d.Delete(tp, oldID); err != nil {
			t.Fatal(err)
		}
		l := w.create("t")
		w.append(l, "k", "new")
		if _, err := old.Append(1, record("late"), commitlog.AppendCheck{}); !errors.Is(err, commitlog.ErrClosed) {
			t.Errorf("the old log takes records: %v", err)
		}
		if err := w.d.Delete(tp, oldID); !errors.Is(err, ErrWrongTopicID) {
			t.Errorf("the new topic was deleted by the old one's id: %v", err)
		}
		if n := dirsLike(t, w.mem, "-delete"); n != 1 {
			t.Errorf("%d deleted directories", n)
		}
		if restart {
			if err := w.d.Close(true); err != nil {
				t.Fatal(err)
			}
			w.open()
			if l, err = w.d.Get(tp); err != nil {
				t.Fatal(err)
			}
		} else {
			pass(w, 59_999)
			if n := dirsLike(t, w.mem, "-delete"); n != 1 {
				t.Errorf("%d deleted directories before the delay is over", n)
			}
		}
		pass(w, 1)
		if n := dirsLike(t, w.mem, "-delete"); n != 0 {
			t.Errorf("%d deleted directories after it", n)
		}
		if got := values(t, l); len(got) != 1 || got["k"] != "new" {
			t.Errorf("%v", got)
		}
	}
}

// pass lets time go by and the housekeeper work.
func pass(w *cleanerWorld, ms int64) {
	w.nowMs.Add(ms)
	(&housekeeper{d: w.d, lastRetention: w.nowMs.Load()}).pass(w.nowMs.Load())
}

func dirsLike(t *testing.T, fsys vfs.FS, suffix string) (n int) {
	t.Helper()
	entries, err := fsys.ReadDir("data")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), suffix) {
			n++
		}
	}
	return n
}

// TestRetentionRemovesLater: segments disappear at once for readers, and from
// the disk after file.delete.delay.ms.
func TestRetentionRemovesLater(t *testing.T) {
	w := newCleanerWorld(t)
	w.log.Compact, w.log.Delete = false, true
	w.log.RetentionMs, w.log.FileDeleteDelayMs, w.log.SegmentBytes = 10_000, 5_000, 10_000
	w.open()
	l := w.create("t")
	w.fill(l, 30_000)
	w.nowMs.Add(10_001)
	w.append(l, "k", "young")
	w.d.Retain(w.nowMs.Load())
	if l.StartOffset() != 27 {
		t.Fatalf("the log starts at %d", l.StartOffset())
	}
	if _, err := l.Read(0, 1000, l.EndOffset(), true); !errors.Is(err, commitlog.ErrOffsetOutOfRange) {
		t.Errorf("deleted records are read: %v", err)
	}
	deleted := func() (n int) {
		entries, err := w.mem.ReadDir("data/t-0")
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), ".log.deleted") {
				n++
			}
		}
		return n
	}
	if deleted() != 3 {
		t.Errorf("%d segments wait for their removal", deleted())
	}
	w.nowMs.Add(4_999)
	w.d.Retain(w.nowMs.Load())
	if deleted() != 3 {
		t.Error("removed too early")
	}
	w.nowMs.Add(1)
	w.d.Retain(w.nowMs.Load())
	if deleted() != 0 {
		t.Errorf("%d segments are still there", deleted())
	}
}

// TestFlushMs: a log is fsynced before flush.ms is over, the others with the
// interval of the broker.
func TestFlushMs(t *testing.T) {
	w := newCleanerWorld(t)
	w.log.FlushMs = 3000
	w.open()
	soon := w.create("soon")
	w.log.FlushMs = commitlog.DefaultConfig().FlushMs
	plain := w.log
	late, err := w.d.Create(commitlog.TopicPartition{Topic: "late"}, w.newID(), Home{}, &plain)
	if err != nil {
		t.Fatal(err)
	}
	now := *soon.Config()
	now.FlushMs = 3000
	soon.SetConfig(&now)
	w.append(soon, "k", "v")
	w.append(late, "k", "v")
	for _, step := range []struct {
		ms   int64
		want int64
	}{{1000, 0}, {999, 0}, {1, 1}} {
		w.nowMs.Add(step.ms)
		w.d.flush(w.d.takeDirty(false))
		if soon.RecoveryPoint() != step.want || late.RecoveryPoint() != 0 {
			t.Fatalf("after %d ms more: %d and %d are durable, want %d", step.ms, soon.RecoveryPoint(), late.RecoveryPoint(), step.want)
		}
	}
	w.append(soon, "k", "v") // waits anew
	w.nowMs.Add(1500)
	w.d.flush(w.d.takeDirty(false))
	if soon.RecoveryPoint() != 1 {
		t.Fatal("fsynced too early")
	}
	w.nowMs.Add(time.Second.Milliseconds())
	w.d.flush(w.d.takeDirty(false))
	if soon.RecoveryPoint() != 2 {
		t.Fatal("not fsynced")
	}
}

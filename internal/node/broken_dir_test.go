package node

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

// brokenDir is a node with a good data directory and one that breaks.
type brokenDir struct {
	*running
	good, bad string
	topics    []string // some in each directory, with a record each
	inBad     map[string]bool
}

func newBrokenDir(t *testing.T) *brokenDir {
	b := &brokenDir{good: filepath.Join(t.TempDir(), "good"), bad: filepath.Join(t.TempDir(), "bad"), inBad: map[string]bool{}}
	b.start(t, vfs.OS)
	for i := range 4 {
		topic := fmt.Sprint("t", i)
		b.create(topic)
		if code := b.produceRaw(topic, recordsAt(batch.None, 10, time.Now().UnixMilli())).ErrorCode; code != wire.None {
			t.Fatal(code.Name())
		}
		place, _ := b.dirs.Describe(commitlog.TopicPartition{Topic: topic})
		b.topics, b.inBad[topic] = append(b.topics, topic), place.Dir == b.bad
	}
	eventually(t, "the controller knows the directories", func() bool {
		for _, topic := range b.topics {
			if dir := b.Image().TopicByName(topic).Partition(0).Directory(1); dir == (wire.UUID{15: 1}) {
				return false
			}
		}
		return true
	})
	b.stop()
	return b
}

func (b *brokenDir) start(t *testing.T, fs vfs.FS, more ...string) {
	t.Helper()
	cfg := must(config.Load(config.Standalone(), settings(b.good, append(more, "log.dirs="+b.good+","+b.bad)...)))(t)
	text := &logText{}
	n, err := Start(cfg, Options{Log: slog.New(newLogHandler(text)), FS: fs})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	b.running = &running{n, t, b.good, text}
}

// ends are the end offsets of the topics, -1 for one that is not served.
func (b *brokenDir) ends() map[string]int64 {
	listed, err := b.client().ListEndOffsets(limit(b.t), b.topics...)
	if err != nil && len(listed) == 0 {
		b.t.Fatal(err)
	}
	ends := map[string]int64{}
	listed.Each(func(o kadm.ListedOffset) {
		if ends[o.Topic] = o.Offset; o.Err != nil {
			ends[o.Topic] = -1
		}
	})
	return ends
}

// TestDirectoryBrokenAtStart: the node starts without it. Its partitions are offline
// and never begin anew, empty, in the other directory; when it is repaired they are
// back with all they had (Kafka's LogManager and KIP-858).
func TestDirectoryBrokenAtStart(t *testing.T) {
	meta := func(b *brokenDir) string { return filepath.Join(b.bad, "meta.properties") }
	rename := func(t *testing.T, from, to string) {
		t.Helper()
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	write := func(t *testing.T, path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	errIO := errors.New("input/output error")
	for what, c := range map[string]struct {
		breaks, repairs func(t *testing.T, b *brokenDir)
		fails           vfs.Op
		of              string // what of the directory fails, with fails
	}{
		"a file in its place": {
			breaks:  func(t *testing.T, b *brokenDir) { rename(t, b.bad, b.bad+"2"); write(t, b.bad, "") },
			repairs: func(t *testing.T, b *brokenDir) { os.Remove(b.bad); rename(t, b.bad+"2", b.bad) },
		},
		"meta.properties is missing": {
			breaks:  func(t *testing.T, b *brokenDir) { rename(t, meta(b), meta(b)+"2") },
			repairs: func(t *testing.T, b *brokenDir) { rename(t, meta(b)+"2", meta(b)) },
		},
		"meta.properties is damaged": {
			breaks:  func(t *testing.T, b *brokenDir) { rename(t, meta(b), meta(b)+"2"); write(t, meta(b), "vers") },
			repairs: func(t *testing.T, b *brokenDir) { rename(t, meta(b)+"2", meta(b)) },
		},
		"its identity cannot be read": {fails: vfs.OpOpen, of: "meta.properties"},
		"it cannot be locked":         {fails: vfs.OpLock},
		"it cannot be listed":         {fails: vfs.OpReadDir},
		"a checkpoint cannot be read": {fails: vfs.OpOpen, of: "recovery-point-offset-checkpoint"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			b := newBrokenDir(t)
			fs := vfs.FS(vfs.OS)
			if c.breaks != nil {
				c.breaks(t, b)
			} else {
				fs = vfs.NewErrorFS(vfs.OS, func(op vfs.Op, name string) error {
					if op == c.fails && strings.HasPrefix(name, b.bad) && strings.Contains(name, c.of) {
						return errIO
					}
					return nil
				})
			}
			b.start(t, fs)
			for topic, end := range b.ends() {
				if served := end == 1; served == b.inBad[topic] || !served && end != -1 {
					t.Errorf("%s ends at %d; it was in the broken directory: %v", topic, end, b.inBad[topic])
				}
				if place, ok := b.dirs.Describe(commitlog.TopicPartition{Topic: topic}); ok && b.inBad[topic] && place.Dir != b.bad {
					t.Errorf("%s was made in %s", topic, place.Dir)
				}
			}
			failed := 0
			must(b.client().DescribeAllLogDirs(limit(t), nil))(t).Each(func(d kadm.DescribedLogDir) {
				if d.Err != nil {
					failed++
				}
			})
			if failed != 1 {
				t.Errorf("%d directories are told to have failed", failed)
			}
			b.create("new")
			if code := b.produceRaw("new", recordsAt(batch.None, 1, time.Now().UnixMilli())).ErrorCode; code != wire.None {
				t.Errorf("a new topic: %s", code.Name())
			}
			b.stop()
			if c.repairs != nil {
				c.repairs(t, b)
			}
			b.start(t, vfs.OS)
			defer b.stop()
			eventually(t, "all topics are back", func() bool {
				for _, end := range b.ends() {
					if end != 1 {
						return false
					}
				}
				return true
			})
		})
	}
}

// TestDirectoryNobodyCanDoWithout: the one with the metadata log must work, and an
// empty one beside others with data may be a disk that is not mounted.
func TestDirectoryNobodyCanDoWithout(t *testing.T) {
	for what, c := range map[string]struct {
		metadata string
		breaks   func(b *brokenDir) error
		want     string
	}{
		"the metadata's is damaged": {"$bad", func(b *brokenDir) error {
			return os.WriteFile(filepath.Join(b.bad, "meta.properties"), []byte("vers"), 0o600)
		}, "The metadata log is in "},
		"one is empty": {"", func(b *brokenDir) error { return os.RemoveAll(b.bad) }, "mount its disk"},
		"all are damaged": {"", func(b *brokenDir) error {
			return errors.Join(os.WriteFile(filepath.Join(b.bad, "meta.properties"), []byte("vers"), 0o600),
				os.WriteFile(filepath.Join(b.good, "meta.properties"), []byte("vers"), 0o600))
		}, "No readable meta.properties files found: "},
		"none has an identity": {"", func(b *brokenDir) error {
			return errors.Join(os.Remove(filepath.Join(b.bad, "meta.properties")), os.Remove(filepath.Join(b.good, "meta.properties")))
		}, "holds logs"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			b := newBrokenDir(t)
			if err := c.breaks(b); err != nil {
				t.Fatal(err)
			}
			_, err := tryStart(t, b.good, "log.dirs="+b.good+","+b.bad, "metadata.log.dir="+strings.ReplaceAll(c.metadata, "$bad", b.bad))
			if err == nil {
				t.Fatal("it starts")
			}
			mustSay(t, err.Error(), c.want)
		})
	}
}

// TestStartThatWasCutShort: not all directories were formatted when the first process
// ended; the next one goes on with it.
func TestStartThatWasCutShort(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	n := start(t, a+","+b)
	n.stop()
	for _, path := range []string{filepath.Join(a, "__cluster_metadata-0"), filepath.Join(b, "meta.properties")} {
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
	}
	start(t, a+","+b).stop()
}

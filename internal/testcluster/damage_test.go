package testcluster

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/torture/damage"
)

// damage damages the files of a member that does not run. It says what was done, "" if
// there was nothing to damage.
func (m *Member) damage(k damage.Kind) string {
	t := m.c.T
	t.Helper()
	dir := t.TempDir()
	if err := errors.Join(unload(m.files, dataDir, dir), m.files.RemoveAll(dataDir)); err != nil {
		t.Fatal(err)
	}
	what, err := damage.Apply(dir, k, m.c.rng)
	if err != nil && !errors.Is(err, damage.ErrNothing) {
		t.Fatal(err)
	}
	if err := load(m.files, dataDir, dir); err != nil {
		t.Fatal(err)
	}
	if what != "" {
		m.c.say("node %d is damaged: %s: %s", m.ID, k, what)
		t.Logf("%s: %s", k, what)
	}
	return what
}

// unload copies a directory out of a member's files.
func unload(files *vfs.Mem, from, to string) error {
	entries, err := files.ReadDir(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for _, e := range entries {
		name := from + "/" + e.Name()
		if e.IsDir() {
			err = unload(files, name, filepath.Join(to, e.Name()))
		} else {
			var b []byte
			if b, err = vfs.ReadFile(files, name, maxDumpBytes); err == nil {
				err = os.WriteFile(filepath.Join(to, e.Name()), b, 0o644)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// load copies a directory into a member's files, where it is durable.
func load(files *vfs.Mem, to, from string) error {
	return filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := to + filepath.ToSlash(path[len(from):])
		if e.IsDir() {
			return errors.Join(files.MkdirAll(name, 0o755), files.SyncDir(filepath.Dir(name)))
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return writeDurably(files, name, b)
	})
}

func writeDurably(files *vfs.Mem, name string, b []byte) error {
	f, err := files.Open(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	if _, err = f.WriteAt(b, 0); err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close(), files.SyncDir(filepath.Dir(name)))
}

// damaged tells a story in which one member after the other is down, is damaged while the
// others go on without it, and comes back.
func damaged(t *testing.T, f damage.Family) {
	tell(t, story{want: []string{"damaged"}, happens: func(w *Workload, did bites) {
		c := w.c
		for i, k := range damage.Of(f) {
			if k.Promise() == damage.Refuses {
				continue
			}
			m := c.any()
			if i%2 == 0 {
				m.Kill()
			} else {
				m.Stop()
			}
			c.Eventually(30*time.Second, "an ISR without the one that is down", func() error { return w.without(m) })
			if m.damage(k) != "" {
				did["damaged"]++
			}
			m.Start()
			c.Heal(w.topic)
			time.Sleep(c.some(2*time.Second, 3*time.Second)) // it may find the damage now, and start again
			c.Heal(w.topic)
		}
	}})
}

// without tells which partition of the topic still has the member in sync.
func (w *Workload) without(m *Member) error {
	for number, p := range w.c.sight().TopicByName(w.topic).Partitions() {
		for _, id := range p.ISR {
			if id == m.ID {
				return fmt.Errorf("the ISR of %d is %v", number, p.ISR)
			}
		}
	}
	return nil
}

// TestDamagedTails: what follows the last good batch is cut, and what the cut takes comes
// from the others.
func TestDamagedTails(t *testing.T) { damaged(t, damage.Tail) }

// TestDamagedFiles: files that can be made anew are.
func TestDamagedFiles(t *testing.T) { damaged(t, damage.Auxiliary) }

// TestDamagedBatches: a replica with flipped bits in what was flushed and replicated long
// ago, which recovery does not look at.
func TestDamagedBatches(t *testing.T) { damaged(t, damage.Flip) }

// TestLostFiles: partitions, logs or all of a disk's content are gone, or are those of
// before.
func TestLostFiles(t *testing.T) { damaged(t, damage.Loss) }

// TestDamagedQuorum: what can be made anew of the metadata log's directory.
func TestDamagedQuorum(t *testing.T) { damaged(t, damage.Quorum) }

// TestRefusals: a node whose identity or whose part of the quorum is damaged does not
// come up and says why; with its files put right it is one of the cluster again. The others
// go on meanwhile.
func TestRefusals(t *testing.T) {
	for _, f := range []damage.Family{damage.Identity, damage.Quorum, damage.Loss} {
		for _, k := range damage.Of(f) {
			if k.Promise() != damage.Refuses {
				continue
			}
			t.Run(string(k), func(t *testing.T) {
				tell(t, story{want: []string{"refused"}, happens: func(w *Workload, did bites) {
					t := w.c.T // of the seed
					m := w.c.any()
					m.Stop()
					good := m.files.CrashClone(vfs.CrashOptions{})
					if m.damage(k) == "" {
						return
					}
					err := m.refusal()
					if err == nil {
						t.Fatalf("%s: the node starts, or says nothing", k)
					}
					t.Logf("%s: %v", k, err)
					if text := err.Error(); len(text) < 20 || strings.Contains(text, "panic") || strings.Contains(text, "BUG") {
						t.Errorf("%s: no sentence for people: %v", k, err)
					}
					did["refused"]++
					time.Sleep(w.c.some(0, time.Second))
					m.files = good
					m.Start()
				}})
			})
		}
	}
}

// refusal starts a process that must not come up, and returns what it says: why it ended,
// or what it tells as an error while it waits for somebody to help, as a controller does
// whom the others do not know in its new directory. It is nil if the node came up.
func (m *Member) refusal() error {
	said := len(m.c.log.errorsOf(m.ID))
	m.start(true)
	p := m.proc
	select {
	case <-p.started:
	case <-time.After(formLimit):
		lines := m.c.log.errorsOf(m.ID)[said:]
		m.Kill()
		if len(lines) == 0 {
			return nil // it waits and does not say for what
		}
		return errors.New(lines[0])
	}
	p.mu.Lock()
	err := p.err
	p.mu.Unlock()
	if err != nil {
		<-p.ended
		m.proc = nil
	}
	return err
}

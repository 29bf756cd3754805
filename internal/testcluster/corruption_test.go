package testcluster

import (
	"encoding/binary"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/vfs"
)

// TestNATS7549DamagedLog: NATS lost what a minority had damaged on its disks: such a
// server led with what was left. Here the logs of one broker at a time are damaged while
// it is down, in ways that its recovery can see, below and above the point up to which
// they are known to be synced.
func TestNATS7549DamagedLog(t *testing.T) {
	for name, spoil := range map[string]func(c *Cluster, b []byte) []byte{
		"a bit of a header": flipHeaderBit,
		"cut short":         func(c *Cluster, b []byte) []byte { return b[:c.rng.IntN(len(b)/4)] },
		"emptied":           func(*Cluster, []byte) []byte { return nil },
		"the last batch":    flipLastByte,
	} {
		t.Run(name, func(t *testing.T) {
			tell(t, story{want: []string{"damaged"}, happens: func(w *Workload, did bites) {
				for range 3 {
					m := w.c.any()
					time.Sleep(w.c.some(6*time.Second, 12*time.Second)) // so that the checkpoints know of it
					m.Kill()
					for p := range w.partitions {
						if m.spoilLog(fmt.Sprintf("%s-%d", w.topic, p), spoil) {
							did["damaged"]++
						}
					}
					w.c.say("node %d has damaged logs", m.ID)
					time.Sleep(w.c.some(0, 2*time.Second))
					m.Start()
					w.c.Heal(w.topic) // one copy less than before is lost at any time
				}
			}})
		})
	}
}

// flipHeaderBit changes the magic byte of one of the last batches: what lies below the
// last checkpoint is not read by a recovery.
func flipHeaderBit(c *Cluster, b []byte) []byte {
	const magicAt = 16
	var starts []int
	for at := 0; at+batch.HeaderSize <= len(b); at += 12 + int(binary.BigEndian.Uint32(b[at+8:])) {
		starts = append(starts, at)
	}
	if len(starts) > 10 {
		b[starts[len(starts)-1-c.rng.IntN(10)]+magicAt] ^= 1 << 6
	}
	return b
}

func flipLastByte(_ *Cluster, b []byte) []byte {
	if len(b) > 0 {
		b[len(b)-1] ^= 1
	}
	return b
}

// spoilLog changes the last segment of a log of a member that does not run.
func (m *Member) spoilLog(dir string, spoil func(c *Cluster, b []byte) []byte) bool {
	dir = path.Join(dataDir, dir)
	entries, err := m.files.ReadDir(dir)
	if err != nil {
		m.c.T.Fatal(err)
	}
	last := ""
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".log") {
			last = path.Join(dir, e.Name())
		}
	}
	return m.spoil(last, spoil)
}

// spoil changes a file and makes the change durable; an empty one stays as it is.
func (m *Member) spoil(name string, spoil func(c *Cluster, b []byte) []byte) bool {
	b, err := vfs.ReadFile(m.files, name, maxDumpBytes)
	if err != nil {
		m.c.T.Fatal(err)
	}
	if len(b) == 0 {
		return false
	}
	b = spoil(m.c, slices.Clone(b))
	f, err := m.files.Open(name, os.O_RDWR|os.O_TRUNC, 0o644)
	if err != nil {
		m.c.T.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(b, 0); err != nil {
		m.c.T.Fatal(err)
	}
	if err := f.Sync(); err != nil {
		m.c.T.Fatal(err)
	}
	return true
}

// TestNATS7556DamagedSnapshot: a NATS server with a damaged snapshot led the metadata,
// took all streams for orphans, and deleted them. Here every snapshot of the metadata
// that a node has is damaged while it is down; the node may lead the quorum later.
// Whatever becomes of the node, no replica of anybody goes.
func TestNATS7556DamagedSnapshot(t *testing.T) {
	tell(t, story{overrides: []string{"metadata.log.max.record.bytes.between.snapshots=500"}, want: []string{"damaged"}, happens: func(w *Workload, did bites) {
		c := w.c
		for i := range 6 {
			c.CreateTopic(fmt.Sprint("more", i), 3) // so that there are snapshots
		}
		time.Sleep(2 * time.Second)
		for range 3 {
			m := c.any()
			before := m.directories(w.topic)
			m.Kill()
			for _, name := range m.snapshotFiles() {
				m.spoil(name, func(c *Cluster, b []byte) []byte {
					b[c.rng.IntN(len(b))] ^= 1 << c.rng.IntN(8)
					return b
				})
				did["damaged"]++
			}
			m.Start()
			c.Heal(w.topic)
			if after := m.directories(w.topic); !slices.Equal(before, after) {
				c.found("node %d had %v and has %v", m.ID, before, after)
			}
			time.Sleep(c.some(0, 2*time.Second))
		}
	}})
}

// snapshotFiles are the snapshots of the metadata log.
func (m *Member) snapshotFiles() []string {
	dir := path.Join(dataDir, metadata.ClusterMetadataTopic+"-0")
	entries, err := m.files.ReadDir(dir)
	if err != nil {
		m.c.T.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".checkpoint") {
			all = append(all, path.Join(dir, e.Name()))
		}
	}
	return all
}

// TestNATS7567PowerLossAndPauses: one NATS server lost power, forgot a vote and part of
// its log, and with servers that had been paused it made a majority of its own.
func TestNATS7567PowerLossAndPauses(t *testing.T) {
	tell(t, story{want: []string{"lost power"}, happens: func(w *Workload, did bites) {
		c := w.c
		for range 4 {
			m, other := c.any(), c.any()
			if other != m {
				other.Pause()
				time.Sleep(c.some(100*time.Millisecond, 4*time.Second))
			}
			w.losePower(m, did)
			did["lost power"]++
			time.Sleep(c.some(0, 2*time.Second))
			m.Start()
			if other != m {
				time.Sleep(c.some(0, 2*time.Second))
				other.Resume()
			}
			c.Heal(w.topic)
			time.Sleep(c.some(0, 2*time.Second))
		}
	}})
}

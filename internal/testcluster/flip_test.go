package testcluster

import (
	"context"
	"encoding/binary"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/twmb/franz-go/pkg/kadm"
)

// TestFlippedReplicaLeadsLater: bits of one replica's files of every sort are flipped while
// it is down. It comes back, is in sync again, and then leads everything: all that was
// acknowledged is read from it.
func TestFlippedReplicaLeadsLater(t *testing.T) {
	tell(t, story{want: []string{"flipped", "it leads"}, happens: func(w *Workload, did bites) {
		c := w.c
		m := c.any()
		for i := range 3 {
			time.Sleep(c.some(6*time.Second, 9*time.Second)) // so that much of it is flushed
			if i%2 == 0 {
				m.Kill()
			} else {
				m.Stop()
			}
			c.Eventually(30*time.Second, "an ISR without the one that is down", func() error { return w.without(m) })
			for range 6 {
				did["flipped"] += w.flipOne(m)
			}
			m.Start()
			c.Heal(w.topic)
			time.Sleep(c.some(2*time.Second, 3*time.Second)) // it may find the damage now, and start again
			c.Heal(w.topic)
			c.Eventually(30*time.Second, "the damaged one leads", func() error { return w.makeLeader(m) })
			did["it leads"] += w.leads(m)
		}
	}})
}

// flipOne flips a bit of a file that a member that does not run has of the topic, or of a
// checkpoint. It returns how many it flipped.
func (w *Workload) flipOne(m *Member) int {
	c := w.c
	dir := dataDir
	if c.rng.IntN(4) > 0 {
		dir = path.Join(dataDir, fmt.Sprintf("%s-%d", w.topic, c.rng.IntN(int(w.partitions))))
	}
	entries, err := m.files.ReadDir(dir)
	if err != nil {
		return 0 // it was set aside, and is not made anew yet
	}
	var names []string
	for _, e := range entries {
		if name := e.Name(); !e.IsDir() && (dir != dataDir || strings.HasSuffix(name, "-checkpoint")) && name != "partition.metadata" {
			names = append(names, path.Join(dir, name))
		}
	}
	if len(names) == 0 {
		return 0
	}
	slices.Sort(names)
	name := names[c.rng.IntN(len(names))]
	at := -1
	if !m.spoil(name, func(c *Cluster, b []byte) []byte {
		at = c.rng.IntN(len(b))
		if strings.HasSuffix(name, ".log") && uncheckable(b, at) {
			at += batch.HeaderSize // into the records
		}
		bit := c.rng.IntN(8)
		if strings.HasSuffix(name, "leader-epoch-checkpoint") {
			bit = 7 // a number that stays one is not noticed (docs/torture-planted.md)
		}
		b[at] ^= 1 << bit
		return b
	}) {
		return 0
	}
	c.say("node %d: a bit of byte %d of %s is flipped", m.ID, at, name)
	c.T.Logf("node %d: byte %d of %s", m.ID, at, name)
	return 1
}

// uncheckable tells whether a byte is of the base offset or the leader epoch of the last
// batch: they are outside of its CRC, and behind it is nothing that would not fit. See
// docs/torture-planted.md for what becomes of them.
func uncheckable(b []byte, at int) bool {
	last := 0
	for next := 0; next+batch.HeaderSize <= len(b); next += 12 + int(binary.BigEndian.Uint32(b[next+8:])) {
		last = next
	}
	return at >= last && at < last+8 || at >= last+12 && at < last+16
}

// makeLeader has a member lead all partitions of the topic, by their order of replicas.
func (w *Workload) makeLeader(m *Member) error {
	if w.leads(m) == int(w.partitions) {
		return nil
	}
	order := []int32{m.ID}
	for _, other := range w.c.Members {
		if other != m {
			order = append(order, other.ID)
		}
	}
	var req kadm.AlterPartitionAssignmentsReq
	set := kadm.TopicsSet{}
	for p := range w.partitions {
		req.Assign(w.topic, p, order)
		set.Add(w.topic, p)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	admin := w.c.Admin()
	if _, err := admin.AlterPartitionAssignments(ctx, req); err != nil {
		return err
	}
	if _, err := admin.ElectLeaders(ctx, kadm.ElectPreferredReplica, set); err != nil {
		return err
	}
	return fmt.Errorf("node %d leads %d of %d", m.ID, w.leads(m), w.partitions)
}

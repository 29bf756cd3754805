package testcluster

import (
	"testing"
	"time"
)

// others are the hosts of all members but one.
func (c *Cluster) others(m *Member) []string {
	var all []string
	for _, o := range c.Members {
		if o != m {
			all = append(all, o.Host)
		}
	}
	return all
}

// held runs a fault of the network and counts what it kept waiting.
func (w *Workload) held(did bites, name string, lasts time.Duration, begin, end func()) {
	before := w.c.Net.Held()
	w.c.say("%s begins", name)
	begin()
	time.Sleep(lasts)
	end()
	w.c.say("%s ends", name)
	did[name] += w.c.Net.Held() - before
}

// TestSymmetricPartitions: one node is cut off from the others, clients are not. It
// still believes that it leads.
func TestSymmetricPartitions(t *testing.T) {
	tell(t, story{want: []string{"partition"}, happens: func(w *Workload, did bites) {
		for range 3 {
			m := w.c.any()
			w.held(did, "partition", w.c.some(500*time.Millisecond, 8*time.Second),
				func() { w.c.Net.Split([]string{m.Host}, w.c.others(m)) }, w.c.Net.Heal)
			time.Sleep(w.c.some(time.Second, 3*time.Second))
		}
	}})
}

// TestAsymmetricPartitions: what one node says does not arrive, or it hears nothing, or
// only one pair of nodes cannot talk.
func TestAsymmetricPartitions(t *testing.T) {
	tell(t, story{want: []string{"mute", "deaf", "ring"}, happens: func(w *Workload, did bites) {
		c := w.c
		m := c.any()
		w.held(did, "mute", c.some(time.Second, 7*time.Second), func() {
			for _, o := range c.others(m) {
				c.Net.Cut(m.Host, o)
			}
		}, c.Net.Heal)
		time.Sleep(c.some(time.Second, 3*time.Second))
		m = c.any()
		w.held(did, "deaf", c.some(time.Second, 7*time.Second), func() {
			for _, o := range c.others(m) {
				c.Net.Cut(o, m.Host)
			}
		}, c.Net.Heal)
		time.Sleep(c.some(time.Second, 3*time.Second))
		w.held(did, "ring", c.some(time.Second, 7*time.Second), func() {
			for i, m := range c.Members {
				c.Net.Cut(m.Host, c.Members[(i+1)%len(c.Members)].Host)
			}
		}, c.Net.Heal)
	}})
}

// TestPauses: a node stands still for longer than its session and goes on, as after
// SIGSTOP and SIGCONT.
func TestPauses(t *testing.T) {
	tell(t, story{want: []string{"pause"}, happens: func(w *Workload, did bites) {
		for range 3 {
			m := w.c.any()
			w.held(did, "pause", w.c.some(500*time.Millisecond, 8*time.Second), m.Pause, m.Resume)
			time.Sleep(w.c.some(time.Second, 3*time.Second))
		}
	}})
}

// TestSlowNetwork: answers take longer than heartbeats may.
func TestSlowNetwork(t *testing.T) {
	tell(t, story{want: []string{"late leader"}, happens: func(w *Workload, did bites) {
		for range 2 {
			m := w.c.any()
			before := w.c.sight().EndOffset()
			for _, o := range w.c.others(m) {
				w.c.Net.Delay(m.Host, o, w.c.some(1200*time.Millisecond, 3*time.Second))
			}
			time.Sleep(w.c.some(3*time.Second, 8*time.Second))
			w.c.Net.Heal()
			time.Sleep(2 * time.Second)
			did["late leader"] += int(w.c.sight().EndOffset() - before)
		}
	}})
}

// TestSlowDisks: syncs of one node take long, and then those of all.
func TestSlowDisks(t *testing.T) {
	for _, durability := range []string{"os", "fsync"} {
		t.Run(durability, func(t *testing.T) {
			tell(t, story{overrides: []string{"log.durability=" + durability}, want: []string{"slow syncs"}, happens: func(w *Workload, did bites) {
				m := w.c.any()
				m.SlowDisk(w.c.some(50*time.Millisecond, 3*time.Second))
				time.Sleep(8 * time.Second)
				for _, other := range w.c.Members {
					other.SlowDisk(w.c.some(10*time.Millisecond, 500*time.Millisecond))
				}
				time.Sleep(8 * time.Second)
				for _, other := range w.c.Members {
					did["slow syncs"] += other.proc.disk.heldSyncs()
					other.SlowDisk(0)
				}
			}})
		})
	}
}

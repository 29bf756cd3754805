package logdir

import (
	"testing"

	"github.com/brolga-io/brolga/internal/vfs"
)

// TestPreviousBrokerEpochAfterAKill: what a new process claims to have, by how the one
// before ended and what happened meanwhile.
func TestPreviousBrokerEpochAfterAKill(t *testing.T) {
	for name, tc := range map[string]struct {
		fsync     bool
		machine   string // of the second process
		meanwhile func(w *world)
		noSync    bool
		lost      int64 // records
		want      int64
	}{
		"killed":                      {machine: "m", want: 7},
		"killed, not synced since":    {machine: "m", noSync: true, want: UnknownBrokerEpoch},
		"another machine":             {machine: "n", want: UnknownBrokerEpoch},
		"nobody knows the machine":    {machine: "", want: UnknownBrokerEpoch},
		"another machine, fsync":      {machine: "n", fsync: true, want: 7},
		"power failure, fsync":        {machine: "n", fsync: true, noSync: true, meanwhile: (*world).loseUnsynced, want: 7},
		"one directory is older":      {machine: "m", want: UnknownBrokerEpoch, meanwhile: func(w *world) { w.put("b/"+incarnationName, `{"version":1,"brokerEpoch":6,"machine":"m"}`) }},
		"one directory says nothing":  {machine: "m", want: UnknownBrokerEpoch, meanwhile: func(w *world) { w.mem.Remove("b/" + incarnationName) }},
		"one directory says nonsense": {machine: "m", want: UnknownBrokerEpoch, meanwhile: func(w *world) { w.put("b/"+incarnationName, `{"vers`) }},
		"one is of a later version":   {machine: "m", want: UnknownBrokerEpoch, meanwhile: func(w *world) { w.put("b/"+incarnationName, `{"version":2,"brokerEpoch":7,"machine":"m"}`) }},
		"a write was interrupted": {machine: "m", want: 7, meanwhile: func(w *world) {
			b := w.read("a/t-0/" + firstLog)
			w.put("a/t-0/"+firstLog, b+b[:30])
		}},
		"a record is damaged": {machine: "m", lost: 1, want: UnknownBrokerEpoch, meanwhile: func(w *world) {
			b := w.read("a/t-0/" + firstLog)
			w.put("a/t-0/"+firstLog, b[:len(b)-1]+"?")
		}},
		"less than the watermark": {machine: "m", fsync: true, want: UnknownBrokerEpoch, meanwhile: func(w *world) {
			w.put("a/replication-offset-checkpoint", "0\n1\nt 0 4\n")
		}},
		"a directory failed meanwhile": {machine: "m", want: UnknownBrokerEpoch, meanwhile: func(w *world) { w.failOnce("b") }},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "a", "b")
			w.cfg.Machine = func(string) string { return "m" }
			d := w.open()
			if err := d.Registered(7, tc.fsync); err != nil {
				t.Fatal(err)
			}
			l := w.create(d, tp("t", 0), id(1))
			w.fill(l, 3)
			if tc.fsync {
				if err := l.Sync(); err != nil {
					t.Fatal(err)
				}
			}
			w.abandon(d)
			if tc.meanwhile != nil {
				tc.meanwhile(w)
			}
			w.cfg.Machine = func(string) string { return tc.machine }
			d = w.open()
			if !tc.noSync {
				if err := d.SyncAll(); err != nil {
					t.Fatal(err)
				}
			}
			if got := d.PreviousBrokerEpoch(); got != tc.want {
				t.Errorf("claims to have all of epoch %d, want %d", got, tc.want)
			}
			w.end(d, tp("t", 0), 3-tc.lost)
			w.close(d, true)
			if d = w.open(); d.PreviousBrokerEpoch() == 7 {
				t.Error("an orderly end without a registration claims the epoch before it")
			}
			w.abandon(d)
		})
	}
}

const firstLog = "00000000000000000000.log"

// failOnce is a process whose directory fails and that is killed then.
func (w *world) failOnce(dir string) {
	d := w.open()
	for _, dd := range d.dirs {
		if dd.path == dir {
			d.fail(dd, errDisk)
		}
	}
	w.abandon(d)
}

// TestRegisteredFails: a directory that does not take the epoch is offline.
func TestRegisteredFails(t *testing.T) {
	w := newWorld(t, "a", "b")
	w.close(w.open(), true)
	w.fs = vfs.NewErrorFS(w.mem, func(op vfs.Op, name string) error {
		if op == vfs.OpSync && parentOf(name) == "b" {
			return errDisk
		}
		return nil
	})
	d := w.open()
	if err := d.Registered(7, false); err == nil || len(w.fails) != 1 || w.fails[0].Dir != "b" {
		t.Errorf("%v, %v", err, w.fails)
	}
	_ = d.Close(false) // one directory has failed
}

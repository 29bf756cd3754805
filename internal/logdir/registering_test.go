package logdir

import "testing"

// TestRegistering: as which incarnation a second process registers, when the first one
// died before it knew its epoch.
func TestRegistering(t *testing.T) {
	for name, tc := range map[string]struct {
		clean     bool // the process before both ended orderly
		machine   string
		meanwhile func(w *world)
		same      bool
		claims    int64
	}{
		"killed":                          {machine: "m", same: true, claims: 7},
		"killed after an orderly end":     {machine: "m", clean: true, same: true, claims: 7},
		"power lost after an orderly end": {machine: "n", clean: true, same: true, claims: 7},
		"power lost":                      {machine: "n", claims: UnknownBrokerEpoch},
		"one directory says nothing":      {machine: "m", claims: UnknownBrokerEpoch, meanwhile: func(w *world) { w.mem.Remove("b/" + incarnationName) }},
		"one directory says another": {machine: "m", claims: 7, meanwhile: func(w *world) {
			w.put("b/"+incarnationName, `{"version":1,"brokerEpoch":7,"machine":"m","registering":"`+FormatID(UUID{5})+`"}`)
		}},
		"one directory does not know yet": {machine: "m", claims: 7, meanwhile: func(w *world) {
			w.put("b/"+incarnationName, `{"version":1,"brokerEpoch":7,"machine":"m"}`)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "a", "b")
			w.cfg.Machine = func(string) string { return "m" }
			d := w.open()
			w.registered(d, 7)
			if tc.clean {
				w.close(d, true)
			} else {
				w.abandon(d)
			}
			d = w.settled()
			first := w.registering(d, UUID{1})
			if first != (UUID{1}) {
				t.Errorf("the first one registers as %v", first)
			}
			w.abandon(d)
			if tc.meanwhile != nil {
				tc.meanwhile(w)
			}
			w.cfg.Machine = func(string) string { return tc.machine }
			d = w.settled()
			if got := d.PreviousBrokerEpoch(); got != tc.claims {
				t.Errorf("it claims to have all of epoch %d, want %d", got, tc.claims)
			}
			if second := w.registering(d, UUID{2}); (second == first) != tc.same {
				t.Errorf("the second one registers as %v", second)
			}
			w.registered(d, 8)
			w.abandon(d)
			w.cfg.Machine = func(string) string { return tc.machine }
			d = w.settled()
			if third := w.registering(d, UUID{3}); third != (UUID{3}) {
				t.Errorf("the third one, after one that knew its epoch, registers as %v", third)
			}
			w.close(d, false)
		})
	}
}

// TestClaimIsGivenUpForGood: a process that cannot claim to have everything leaves nothing
// that the next one could claim, which finds logs without a flaw.
func TestClaimIsGivenUpForGood(t *testing.T) {
	w := newWorld(t, "a")
	w.cfg.Machine = func(string) string { return "m" }
	d := w.open()
	w.registered(d, 7)
	l := w.create(d, tp("t", 0), id(1))
	w.fill(l, 3)
	w.abandon(d)
	b := w.read("a/t-0/" + firstLog)
	w.put("a/t-0/"+firstLog, b[:len(b)-1]+"?")
	for _, process := range []string{"that finds the damage", "after it"} {
		d = w.settled()
		if got := d.PreviousBrokerEpoch(); got != UnknownBrokerEpoch {
			t.Errorf("the process %s claims to have all of epoch %d", process, got)
		}
		w.registering(d, UUID{1})
		w.abandon(d)
	}
}

func (w *world) registered(d *Dirs, epoch int64) {
	w.t.Helper()
	if err := d.Registered(epoch, false); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) registering(d *Dirs, id UUID) UUID {
	w.t.Helper()
	got, err := d.Registering(id)
	if err != nil {
		w.t.Fatal(err)
	}
	return got
}

// settled opens the directories as a node does before it registers.
func (w *world) settled() *Dirs {
	w.t.Helper()
	d := w.open()
	if err := d.SyncAll(); err != nil {
		w.t.Fatal(err)
	}
	return d
}

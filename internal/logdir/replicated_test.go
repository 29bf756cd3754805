package logdir

import (
	"errors"
	"testing"

	"github.com/brolga-io/brolga/internal/commitlog"
)

// TestDamageAfterAnOrderlyEnd: a broker whose log was damaged since its orderly end does
// not claim to have all that it had; one that is alone looks at its logs later.
func TestDamageAfterAnOrderlyEnd(t *testing.T) {
	for _, replicated := range []bool{true, false} {
		w := newWorld(t)
		w.cfg.Replicated = replicated
		d := w.open()
		if err := d.Registered(7, false); err != nil {
			t.Fatal(err)
		}
		w.fill(w.create(d, tp("t", 0), id(1)), 3)
		w.fill(w.create(d, tp("t", 1), id(1)), 3)
		w.create(d, tp("t", 2), id(1)) // without a record
		w.close(d, true)
		if d = w.open(); d.PreviousBrokerEpoch() != 7 {
			t.Error("an orderly end is not believed")
		}
		d.SetBrokerEpoch(7)
		w.close(d, true)

		b := w.read("data/t-0/" + firstLog)
		w.put("data/t-0/"+firstLog, b[:len(b)-1])
		d = w.open()
		if claims := d.PreviousBrokerEpoch() == 7; claims == replicated {
			t.Errorf("replicated=%v: it claims to have everything: %v", replicated, claims)
		}
		l, err := d.Get(tp("t", 0))
		if err == nil {
			err = l.Load()
		}
		if !errors.Is(err, commitlog.ErrCorrupt) {
			t.Errorf("replicated=%v: the damaged log: %v", replicated, err)
		}
		w.end(d, tp("t", 1), 3)
		w.abandon(d)
	}
}

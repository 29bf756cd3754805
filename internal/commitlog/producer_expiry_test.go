package commitlog

import "testing"

const yearMs = 365 * 24 * 3600 * 1000

// expireIdle expires the producers that have been idle for ms, as two looks of the
// housekeeper do.
func expireIdle(l *Log, ms int64) {
	l.ExpireProducers(0)
	l.ExpireProducers(ms)
}

// TestClockJumpForgetsNoProducer: a batch that is sent again is recognised whatever the
// wall clock says, of the broker or of the client.
func TestClockJumpForgetsNoProducer(t *testing.T) {
	for _, jump := range []int64{-10 * yearMs, 0, 10 * yearMs} {
		w := newWorld(t)
		l := w.open()
		original := produced(1, 0, 0, 2, w.nowMs)
		again := func(how string) {
			t.Helper()
			if info := w.append(l, 0, append([]byte(nil), original...)); !info.Duplicate || info.BaseOffset != 0 {
				t.Errorf("%d ms, %s: %+v", jump, how, info)
			}
		}
		w.append(l, 0, append([]byte(nil), original...))
		w.nowMs += jump
		expireIdle(l, defaultProducerExpirationMs-1)
		again("running")
		if err := l.Close(true); err != nil {
			t.Fatal(err)
		}
		l = w.open(cleanAt(2))
		again("stopped")
		l.ExpireProducers(5 * yearMs) // the first look of this process
		again("stopped, and looked at once")
		l.ExpireProducers(5*yearMs + defaultProducerExpirationMs)
		if n := len(l.producers.byID); n != 0 {
			t.Errorf("%d ms: %d idle producers are remembered", jump, n)
		}
	}
}

// TestWritingProducersDoNotExpire: what counts is the time without a write.
func TestWritingProducersDoNotExpire(t *testing.T) {
	w := newWorld(t)
	w.env.ProducerIDExpirationMs = 1000
	l := w.open()
	w.append(l, 0, produced(1, 0, 0, 1, w.nowMs))
	w.append(l, 0, produced(2, 0, 0, 1, w.nowMs))
	for i := range int32(5) {
		l.ExpireProducers(int64(i) * 600)
		w.append(l, 0, produced(2, 0, i+1, 1, w.nowMs))
	}
	if l.producers.byID[1] != nil || l.producers.byID[2] == nil {
		t.Errorf("remembered: %v", l.producers.byID)
	}
}

// TestEvictionGoesByTheLog: a producer whose clock is late does not go before others
// that wrote earlier.
func TestEvictionGoesByTheLog(t *testing.T) {
	w := newWorld(t)
	w.env.MaxProducerIDs = 10
	l := w.open()
	for id := range int64(10) {
		w.append(l, 0, produced(id, 0, 0, 1, w.nowMs-id*yearMs))
	}
	w.append(l, 0, produced(10, 0, 0, 1, w.nowMs))
	if l.producers.byID[9] == nil || l.producers.byID[0] != nil {
		t.Errorf("remembered: %v", l.producers.byID)
	}
}

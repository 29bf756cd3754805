package node

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestAlive: who is fenced, or has heard nothing for a session, answers nobody from what
// it remembers (I7 of docs/torture.md).
func TestAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &registrar{session: 3 * time.Second, begin: time.Now()}
		r.aliveNs.Store(-1)
		if r.alive() {
			t.Error("alive without an answer")
		}
		r.answered(time.Now(), false)
		time.Sleep(2 * time.Second)
		if !r.alive() {
			t.Error("not alive within the session")
		}
		time.Sleep(2 * time.Second)
		if r.alive() {
			t.Error("alive after the session")
		}
		if r.answered(time.Now(), true); r.alive() {
			t.Error("alive while fenced")
		}
		if r.answered(time.Now(), false); !r.alive() {
			t.Error("not alive after it was unfenced")
		}
	})
}

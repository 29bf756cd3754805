package history

import (
	"slices"
	"testing"
)

// TestJudgedOfNothing: a history without anything gives no checker anything to judge.
func TestJudgedOfNothing(t *testing.T) {
	h := &History{}
	for id, facts := range Judged(h) {
		if facts != 0 {
			t.Errorf("%s judged %d facts of nothing", id, facts)
		}
	}
	if idle := Idle(h); len(idle) != len(Checkers()) || idle[0] != "I1" {
		t.Errorf("idle are %v", idle)
	}
}

// TestJudged: what a fact is, is what can be wrong about it.
func TestJudged(t *testing.T) {
	for id, want := range map[string]int{
		"I1": 3, "I2": 14, "I3": 5, "I4": 2, "I5": 3, "I6": 2, "I7": 4, "I8": 2, "I12": 1, "I15": 4, "I16": 11,
		"I17": 4, "I18": 2, "I19": 2, "I20": 0, "I21": 0, "I24": 1, "I25": 2,
	} {
		if got := Judged(good())[id]; got != want {
			t.Errorf("%s judged %d facts, want %d", id, got, want)
		}
	}
	for name, c := range map[string]struct {
		change func(h *History)
		id     string
		want   int
	}{
		"a beginning that moved":       {func(h *History) { h.Starts[1].Offset = 1 }, "I20", 5},
		"records that were deleted":    {func(h *History) { h.Deletes = []Delete{{t0, 1, 1, 2, OK}} }, "I20", 5},
		"a deletion without an answer": {func(h *History) { h.Deletes = []Delete{{t0, 1, 1, 2, Unknown}} }, "I20", 0},
		"one replica":                  {func(h *History) { h.Replicas = h.Replicas[:1] }, "I15", 0},
		"an id to compare":             {func(h *History) { h.Replicas[0].TopicID = "id2" }, "I21", 1},
		"one sample of each":           {func(h *History) { h.Samples = []Sample{h.Samples[0], h.Samples[3]} }, "I25", 0},
		"never healed":                 {func(h *History) { h.Healed, h.Produces[3].Invoked = 0, 1<<40 }, "I24", 1},
		"sent when all was healed":     {func(h *History) { h.Produces[3].Invoked = 1 << 40 }, "I24", 2},
		"images of other offsets":      {func(h *History) { h.Metadata[1].EndOffset = 16 }, "I18", 0},
	} {
		h := good()
		c.change(h)
		if got := Judged(h)[c.id]; got != c.want {
			t.Errorf("%s: %s judged %d facts, want %d", name, c.id, got, c.want)
		}
	}
}

// TestIdle: those with nothing to judge are named.
func TestIdle(t *testing.T) {
	if got := Idle(good()); !slices.Equal(got, []string{"I20", "I21"}) {
		t.Errorf("idle are %v", got)
	}
}

// TestSentAnew: a library may send a record again as another one, which it says by its
// producer id and epoch. Nobody else may, and with one id and epoch nobody may at all.
func TestSentAnew(t *testing.T) {
	again := func(anew bool, first, second Sender) *History {
		h := good()
		h.Produces[2].Anew = anew
		h.Final = append(h.Final, Poll{t0, "last", 3, 4, "a2", 0, 0})
		for i := range h.Replicas[:2] {
			b := h.Replicas[i].Batches
			b = append(b[:2:2], Batch{Base: 3, Last: 3, Epoch: 4, Hash: [32]byte{3}, Values: []string{"a2"}, Sender: second})
			b[1].Sender = first
			h.Replicas[i].Batches = b
		}
		return h
	}
	for name, c := range map[string]struct {
		h    *History
		anew int
	}{
		"anew":             {again(true, Sender{7, 0}, Sender{7, 1}), 1},
		"another id":       {again(true, Sender{7, 0}, Sender{8, 0}), 1},
		"the same":         {again(true, Sender{7, 1}, Sender{7, 1}), 0},
		"not this library": {again(false, Sender{7, 0}, Sender{7, 1}), 0},
	} {
		if got, found := c.h.SentAnew(), len(Duplicates(c.h)); got != c.anew || found != 1-c.anew {
			t.Errorf("%s: %d sent anew, %d duplicates", name, got, found)
		}
	}
	h := again(true, Sender{7, 0}, Sender{7, 1})
	h.Replicas = nil
	if h.SentAnew() != 0 || len(Duplicates(h)) != 1 {
		t.Error("excused without having seen the senders")
	}
}

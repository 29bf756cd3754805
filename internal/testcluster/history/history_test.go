package history

import (
	"strings"
	"testing"
	"time"
)

var t0 = Partition{"t", 0}

// good is a history without a fault: two producers, a consumer, a change of the leader
// in between, and a group.
func good() *History {
	produce := func(producer, value string, offset int64) Produce {
		at := time.Duration(offset) * time.Second
		return Produce{Partition: t0, Producer: producer, Value: value, Invoked: at, Ended: at + time.Second/2, Outcome: OK, Offset: offset}
	}
	batches := []Batch{
		{Base: 0, Last: 1, Epoch: 3, Hash: [32]byte{1}, Values: []string{"a1", "b1"}},
		{Base: 2, Last: 2, Epoch: 4, Hash: [32]byte{2}, Values: []string{"a2"}},
	}
	replica := func(node int32) Replica {
		return Replica{Partition: t0, Node: node, When: "at the end", Final: true, HighWatermark: 3, Batches: batches,
			Epochs: []EpochStart{{3, 0}, {4, 2}, {5, 3}}}
	}
	killed := Replica{Partition: t0, Node: 1, When: "when killed", HighWatermark: 2, Batches: []Batch{batches[0],
		{Base: 2, Last: 2, Epoch: 3, Hash: [32]byte{9}, Values: []string{"a3"}}}}
	read := []Poll{{t0, "last", 0, 3, "a1", time.Minute}, {t0, "last", 1, 3, "b1", time.Minute}, {t0, "last", 2, 4, "a2", time.Minute}}
	return &History{
		MinISR:   2,
		Produces: []Produce{produce(Idempotent+"1", "a1", 0), produce("b", "b1", 1), produce(Idempotent+"1", "a2", 2), {Partition: t0, Producer: "b", Value: "a3"}},
		Polls:    []Poll{{t0, "c", 0, 3, "a1", 2 * time.Second}, {t0, "c", 1, 3, "b1", 2 * time.Second}},
		Final:    read,
		Ends:     []End{{t0, 2 * time.Second, 3 * time.Second, 2}, {t0, 4 * time.Second, 5 * time.Second, 3}},
		Shown:    []Shown{{t0, 1, 4 * time.Second, 3, true}, {t0, 2, 4 * time.Second, 2, true}},
		Replicas: []Replica{replica(1), replica(2), killed},
		States: []State{{t0, 10, 1, 3, []int32{1, 2}}, {t0, 11, 1, 3, []int32{1}}, {t0, 12, 2, 4, []int32{2}}, {t0, 13, 2, 4, []int32{1, 2}},
			{t0, 14, -1, 5, []int32{2}}},
		Metadata: []Metadata{{1, "live", 15, [32]byte{1}}, {2, "live", 15, [32]byte{1}}, {1, "live", 14, [32]byte{2}}},
		Commits: []Commit{
			{Partition: t0, Group: "g", Offset: 1, Invoked: 1, Ended: 2, Outcome: OK},
			{Partition: t0, Group: "g", Offset: 2, Invoked: 3, Ended: 4},
			{Partition: t0, Group: "g", Fetched: true, Offset: 1, Invoked: 5, Ended: 6, Outcome: OK},
		},
	}
}

func TestGoodHistory(t *testing.T) {
	for _, f := range good().Check() {
		t.Error(f)
	}
}

// TestBadHistories: each fault is found by the checker that is there for it, and says
// something about it.
func TestBadHistories(t *testing.T) {
	for name, bad := range map[string]struct {
		spoil func(h *History)
		want  string
	}{
		"acknowledged and lost":       {func(h *History) { h.Final = h.Final[:2] }, "I1 durability: a2 was acknowledged at t-0@2 and is lost"},
		"acknowledged and replaced":   {func(h *History) { h.Final[1].Value = "a3" }, "I1 durability: b1 was acknowledged at t-0@1, where a3 is"},
		"an offset with two records":  {func(h *History) { h.Polls[1].Value = "a3" }, "I2 offset identity: t-0@1 is b1"},
		"a replica with another one":  {func(h *History) { h.Replicas[2].HighWatermark = 3 }, "I2 offset identity: t-0@2 is a2"},
		"read and never sent":         {func(h *History) { h.Polls[1].Value = "z" }, "I3 no invention: z was read"},
		"sent to another partition":   {func(h *History) { h.Produces[1].Number = 1 }, "I3 no invention: b1 was sent to t-1"},
		"a default for an offset":     {func(h *History) { h.Produces[1].Offset = -1 }, "I3 no invention: b1 was acknowledged at -1"},
		"a duplicate":                 {func(h *History) { h.Final = append(h.Final, Poll{t0, "last", 3, 4, "a2", 0}) }, "I4 no duplicates: a2"},
		"the wrong order":             {func(h *History) { h.Produces[2].Offset, h.Produces[0].Offset = 0, 2 }, "I5 order: a1 was sent before a2"},
		"one offset for two":          {func(h *History) { h.Produces[2].Offset = 0 }, "I5 order"},
		"an end that goes back":       {func(h *History) { h.Ends[1].Offset = 1 }, "I7 high watermark: the end of t-0 was 1"},
		"an end before what was read": {func(h *History) { h.Polls[1].At, h.Ends[0].Offset = time.Second, 1 }, "I7 high watermark: the end of t-0 was 1"},
		"an end before an answer":     {func(h *History) { h.Ends[1].Offset = 2; h.Ends[1].Invoked = 3 * time.Second }, "I7 high watermark: the end of t-0 was 2"},
		"a good offset out of range":  {func(h *History) { h.OutOfRanges = []OutOfRange{{t0, 2, 4 * time.Second}} }, "I7 high watermark: t-0@2 was out of range"},
		"more than a follower has":    {func(h *History) { h.Shown[1].Given = false }, "I7 high watermark: 2 told that t-0 is committed up to 2"},
		"an answer by too few":        {func(h *History) { h.States[3].ISR = []int32{2} }, "I7 high watermark: a2 was acknowledged at t-0@2 in epoch 4"},
		"read and then lost":          {func(h *History) { h.Polls = append(h.Polls, Poll{t0, "c", 3, 4, "a3", 0}) }, "I8 no read then lost: a3"},
		"a forgotten commit":          {func(h *History) { h.Commits[2].Offset = 0 }, "I12 group offsets: group g had 0"},
		"a commit of nobody":          {func(h *History) { h.Commits[2].Offset = 3 }, "I12 group offsets: group g had 3"},
		"no commit at all":            {func(h *History) { h.Commits[2].Offset = -1 }, "I12 group offsets: group g had -1"},
		"replicas differ": {func(h *History) {
			h.Replicas[1].Batches = []Batch{h.Replicas[1].Batches[0], {Base: 2, Last: 2, Epoch: 4, Hash: [32]byte{7}}}
		}, "I15 replica equality: t-0 on 1 and 2"},
		"a replica that lacks":        {func(h *History) { h.Replicas[1].Batches = h.Replicas[1].Batches[:1] }, "I15 replica equality: t-0 on 1 and 2, from 0 to 3: 2 and 1 batches"},
		"an epoch cache that lacks":   {func(h *History) { h.Replicas[1].Epochs = h.Replicas[1].Epochs[:1] }, "I15 replica equality: t-0 on 2: epoch 4 begins at 2"},
		"an epoch cache out of order": {func(h *History) { h.Replicas[1].Epochs = []EpochStart{{4, 2}, {3, 0}} }, "I15 replica equality: t-0 on 2: the epoch cache is out of order"},
		"epochs that go back":         {func(h *History) { h.Replicas[0].Batches = []Batch{h.Replicas[0].Batches[1], h.Replicas[0].Batches[0]} }, "I15 replica equality: t-0 on 1: epoch 3 at 0 comes after 4"},
		"two leaders of an epoch":     {func(h *History) { h.States[1].Leader = 2 }, "I16 one leader per epoch: epoch 3 of t-0 is led by 1 and 2"},
		"a batch of nobody":           {func(h *History) { h.States = h.States[:2]; h.MinISR = 0 }, "I16 one leader per epoch: t-0 on 1 at the end has a batch at 2 of epoch 4"},
		"an epoch with two contents":  {func(h *History) { h.Replicas[2].Batches[1].Epoch = 4 }, "I16 one leader per epoch: t-0@2 of epoch 4 has another content"},
		"metadata that differs":       {func(h *History) { h.Metadata[1].Hash[0] = 5 }, "I18 determinism: at 15 node 2 (live)"},
	} {
		t.Run(name, func(t *testing.T) {
			h := good()
			bad.spoil(h)
			all := strings.Join(h.Check(), "\n")
			if !strings.Contains(all, bad.want) {
				t.Errorf("want %q, found\n%s", bad.want, all)
			}
		})
	}
}

func TestManyFindingsAreCutShort(t *testing.T) {
	h := good()
	for range 10 {
		h.Polls = append(h.Polls, Poll{t0, "c", 9, 4, "z", 0})
	}
	if n := len(h.Check()); n > 15 {
		t.Errorf("%d findings", n)
	}
}

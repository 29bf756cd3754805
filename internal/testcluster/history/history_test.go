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
	read := []Poll{{t0, "last", 0, 3, "a1", time.Minute, 1}, {t0, "last", 1, 3, "b1", time.Minute, 1}, {t0, "last", 2, 4, "a2", time.Minute, 1}}
	return &History{
		MinISR:   2,
		Produces: []Produce{produce(Idempotent+"1", "a1", 0), produce("b", "b1", 1), produce(Idempotent+"1", "a2", 2), {Partition: t0, Producer: "b", Value: "a3"}},
		Polls:    []Poll{{t0, "c", 0, 3, "a1", 2 * time.Second, 1}, {t0, "c", 1, 3, "b1", 2 * time.Second, 1}},
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
		Changes: []Change{
			{"topic t", "a", Create, "id1", 1, 4, OK}, {"topic t", "b", Exists, "", 2, 5, OK}, {"topic t", "a", Remove, "", 6, 7, Unknown},
			{"topic t", "b", Create, "id2", 8, 9, OK}, {"topic t", "b", Remove, "", 10, 11, Failed}, {"topic t", "a", Read, "id2", 12, 13, OK},
		},
		Recoveries: []Recovery{{t0, 1, "when killed", 0, 2, 3, false}, {t0, 2, "when damaged", 0, 2, 1, true}},
		Starts:     []Start{{t0, 1, 2, 0}, {t0, 3, 4, 0}},
		TopicIDs:   map[string]string{"t": "id2"},
		Healed:     time.Second,
		Waits:      []Wait{{"a leader", 2 * time.Second, LeaderLimit, true}},
		Lines:      []Line{{1, "WARN a broker panics about nothing"}},
		Samples: []Sample{{1, 1, 1, true, 100, 50, 1 << 20}, {1, 1, 2, false, 900, 800, 1 << 20}, {1, 1, 3, true, 110, 60, 1 << 20},
			{2, 1, 1, true, 100, 50, 1 << 20}, {2, 2, 3, true, 120, 70, 1 << 20}},
		MemoryCap: 1 << 30,
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
		"a duplicate":                 {func(h *History) { h.Final = append(h.Final, Poll{t0, "last", 3, 4, "a2", 0, 0}) }, "I4 no duplicates: a2"},
		"the wrong order":             {func(h *History) { h.Produces[2].Offset, h.Produces[0].Offset = 0, 2 }, "I5 order: a1 was sent before a2"},
		"one offset for two":          {func(h *History) { h.Produces[2].Offset = 0 }, "I5 order"},
		"an end that goes back":       {func(h *History) { h.Ends[1].Offset = 1 }, "I7 high watermark: the end of t-0 was 1"},
		"an end before what was read": {func(h *History) { h.Polls[1].At, h.Ends[0].Offset = time.Second, 1 }, "I7 high watermark: the end of t-0 was 1"},
		"an end before an answer":     {func(h *History) { h.Ends[1].Offset = 2; h.Ends[1].Invoked = 3 * time.Second }, "I7 high watermark: the end of t-0 was 2"},
		"a good offset out of range":  {func(h *History) { h.OutOfRanges = []OutOfRange{{t0, 2, 4 * time.Second}} }, "I7 high watermark: t-0@2 was out of range"},
		"more than a follower has":    {func(h *History) { h.Shown[1].Given = false }, "I7 high watermark: 2 told that t-0 is committed up to 2"},
		"an answer by too few":        {func(h *History) { h.States[3].ISR = []int32{2} }, "I7 high watermark: a2 was acknowledged at t-0@2 in epoch 4"},
		"read and then lost":          {func(h *History) { h.Polls = append(h.Polls, Poll{t0, "c", 3, 4, "a3", 0, 0}) }, "I8 no read then lost: a3"},
		"a forgotten commit":          {func(h *History) { h.Commits[2].Offset = 0 }, "I12 group offsets: group g had 0"},
		"a commit of nobody":          {func(h *History) { h.Commits[2].Offset = 3 }, "I12 group offsets: group g had 3"},
		"no commit at all":            {func(h *History) { h.Commits[2].Offset = -1 }, "I12 group offsets: group g had -1"},
		"replicas differ": {func(h *History) {
			h.Replicas[1].Batches = []Batch{h.Replicas[1].Batches[0], {Base: 2, Last: 2, Epoch: 4, Hash: [32]byte{7}}}
		}, "I15 replica equality: t-0 on 1 and 2"},
		"a replica that lacks":                  {func(h *History) { h.Replicas[1].Batches = h.Replicas[1].Batches[:1] }, "I15 replica equality: t-0 on 1 and 2, from 0 to 3: 2 and 1 batches"},
		"an epoch cache that lacks":             {func(h *History) { h.Replicas[1].Epochs = h.Replicas[1].Epochs[:1] }, "I15 replica equality: t-0 on 2: epoch 4 begins at 2"},
		"an epoch cache out of order":           {func(h *History) { h.Replicas[1].Epochs = []EpochStart{{4, 2}, {3, 0}} }, "I15 replica equality: t-0 on 2: the epoch cache is out of order"},
		"epochs that go back":                   {func(h *History) { h.Replicas[0].Batches = []Batch{h.Replicas[0].Batches[1], h.Replicas[0].Batches[0]} }, "I15 replica equality: t-0 on 1: epoch 3 at 0 comes after 4"},
		"two leaders of an epoch":               {func(h *History) { h.States[1].Leader = 2 }, "I16 one leader per epoch: epoch 3 of t-0 is led by 1 and 2"},
		"a batch of nobody":                     {func(h *History) { h.States = h.States[:2]; h.MinISR = 0 }, "I16 one leader per epoch: t-0 on 1 at the end has a batch at 2 of epoch 4"},
		"an epoch with two contents":            {func(h *History) { h.Replicas[2].Batches[1].Epoch = 4 }, "I16 one leader per epoch: t-0@2 of epoch 4 has another content"},
		"a consumer that goes back":             {func(h *History) { h.Polls[0], h.Polls[1] = h.Polls[1], h.Polls[0] }, "I6 contiguous polls: c got t-0@0 after 1"},
		"a record that is skipped":              {func(h *History) { h.Polls[1].Offset, h.Polls[1].Value = 2, "a2" }, "I6 contiguous polls: c got t-0@2 after 0 and never the record at 1"},
		"an acknowledged topic that is missing": {func(h *History) { h.Changes[5].Value = "" }, "I17 metadata linearizable: topic t: no order of its 5 changes"},
		"a topic that was made twice":           {func(h *History) { h.Changes[2].Outcome = Failed }, "I17 metadata linearizable: topic t: no order"},
		"a topic seen before it was made":       {func(h *History) { h.Changes[0].Invoked = 6; h.Changes[0].Ended = 7 }, "I17 metadata linearizable: topic t: no order"},
		"a start that drops what was synced":    {func(h *History) { h.Recoveries[0].End = 1 }, "I19 recovery safety: node 1 recovered t-0 up to 1"},
		"a damaged batch that is served":        {func(h *History) { h.BadReads = []BadRead{{t0, "c", 1, 5}} }, "I19 recovery safety: c was served"},
		"a beginning that goes back":            {func(h *History) { h.Starts[0].Offset = 1 }, "I20 log start: t-0 began at 0"},
		"deleted and back":                      {func(h *History) { h.Deletes = []Delete{{t0, 1, 1, 2, OK}} }, "I20 log start: a1 at t-0@0 was deleted"},
		"a record of the life before":           {func(h *History) { h.Produces[1].Topic = Life("t", "1") }, "I21 topic identity: b1 was sent to t#1-0"},
		"a replica of the life before":          {func(h *History) { h.Replicas[1].TopicID = "id1" }, "I21 topic identity: t-0 on 2 is of the topic id id1"},
		"a leader that comes late":              {func(h *History) { h.Waits[0].Took = time.Minute }, "I24 liveness after heal: a leader: only after 1m0s"},
		"a leader that does not come":           {func(h *History) { h.Waits[0].Done = false }, "I24 liveness after heal: a leader: not after"},
		"no answer after the faults": {func(h *History) {
			h.Produces[3].Invoked, h.Produces[3].Ended = time.Minute, 2*time.Minute
		}, "I24 liveness after heal: a3 was sent to t-0 at 1m0s"},
		"a partition that stays silent": {func(h *History) { h.Produces[3].Invoked, h.Produces[3].Ended = time.Minute, time.Minute },
			"I24 liveness after heal: nothing was acknowledged by t-0"},
		"a panic":                {func(h *History) { h.Lines[0].Text = "panic: BUG: no" }, "I25 hygiene: node 1 wrote: panic"},
		"a race":                 {func(h *History) { h.Lines[0].Text = "WARNING: DATA RACE" }, "I25 hygiene: node 1 wrote"},
		"goroutines that stay":   {func(h *History) { h.Samples[2].Goroutines = 200 }, "I25 hygiene: node 1 had 100 goroutines"},
		"files that stay open":   {func(h *History) { h.Samples[2].Files = 200 }, "I25 hygiene: node 1 had 50 descriptors open"},
		"a later process' files": {func(h *History) { h.Samples[4].Files = 200 }, "I25 hygiene: node 2 had 50 descriptors open"},
		"memory without an end":  {func(h *History) { h.Samples[1].MemoryBytes = 1 << 40 }, "I25 hygiene: node 1 used"},
		"metadata that differs":  {func(h *History) { h.Metadata[1].Hash[0] = 5 }, "I18 determinism: at 15 node 2 (live)"},
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

// TestWhatIsAllowedIsNoFault: the same histories, with what makes them right.
func TestWhatIsAllowedIsNoFault(t *testing.T) {
	for name, change := range map[string]func(h *History){
		"a new assignment goes back": func(h *History) {
			h.Polls[0], h.Polls[1] = h.Polls[1], h.Polls[0]
			h.Polls[1].Session = 2
		},
		"nobody says that it goes on": func(h *History) {
			h.Polls[0], h.Polls[1] = h.Polls[1], h.Polls[0]
			h.Polls[0].Session, h.Polls[1].Session = 0, 0
		},
		"deleted on purpose": func(h *History) {
			h.Deletes = []Delete{{t0, 1, 1, 2, OK}}
			h.Final, h.Starts[1].Offset = h.Final[1:], 1
			h.OutOfRanges = []OutOfRange{{t0, 0, 4 * time.Second}}
		},
		"a cache that begins with the log": func(h *History) {
			for i := range h.Replicas[:2] {
				h.Replicas[i].Start, h.Replicas[i].Epochs = 1, []EpochStart{{3, 1}, {4, 2}, {5, 3}}
			}
		},
		"a removal without an answer has no effect": func(h *History) {
			h.Changes = []Change{h.Changes[0], h.Changes[2], {"topic t", "a", Read, "id1", 12, 13, OK}}
		},
		"a removal without an answer comes late": func(h *History) {
			h.Changes = []Change{h.Changes[0], h.Changes[2], {"topic t", "a", Read, "id1", 12, 13, OK}, {"topic t", "a", Read, "", 14, 15, OK}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := good()
			change(h)
			for _, f := range h.Check() {
				t.Error(f)
			}
		})
	}
}

// TestEnvelope: a lost tail is measured where it may be lost, and nothing else is excused.
func TestEnvelope(t *testing.T) {
	h := good()
	h.Final = h.Final[:2]
	h.States[1].Leader = 2
	found, measured := CheckAll(h, Envelope{MayLose: true})
	if len(found) != 1 || !strings.HasPrefix(found[0], "I16") || len(measured) != 1 || !strings.HasPrefix(measured[0], "I1 ") {
		t.Errorf("found %q, measured %q", found, measured)
	}
}

func TestManyFindingsAreCutShort(t *testing.T) {
	h := good()
	for range 10 {
		h.Polls = append(h.Polls, Poll{t0, "c", 9, 4, "z", 0, 0})
	}
	if n := len(h.Check()); n > 15 {
		t.Errorf("%d findings", n)
	}
}

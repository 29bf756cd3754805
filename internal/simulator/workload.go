package simulator

import (
	"strconv"

	"github.com/brolga-io/brolga/internal/metadata"
)

// The topics of a run.
const (
	steadyTopic = "steady" // stays, and keeps everything
	oftenTopic  = "often"  // is deleted and made anew
	shortTopic  = "short"  // loses its beginning by retention and DeleteRecords
	keyedTopic  = "keyed"  // is compacted
)

// spec is how a topic is made.
func (w *world) spec(name string) topicSpec {
	s := topicSpec{name: name, partitions: 1, configs: map[string]string{
		"internal.segment.bytes": strconv.Itoa(w.run.traits.segment), "index.interval.bytes": "100", "file.delete.delay.ms": "500"}}
	switch name {
	case steadyTopic:
		s.partitions = 2
	case metadata.OffsetsTopic:
		s.partitions = 2
		s.configs = map[string]string{}
	case shortTopic:
		s.configs["retention.bytes"] = strconv.Itoa(6 * w.run.traits.segment)
	case keyedTopic:
		s.configs["cleanup.policy"] = "compact"
		s.configs["min.cleanable.dirty.ratio"] = "0.01"
	}
	return s
}

// begin makes the topics and lets clients use them.
func (c *clients) begin() {
	c.admin = &admin{client: c.client(), c: c}
	names := []string{steadyTopic, metadata.OffsetsTopic, oftenTopic, shortTopic, keyedTopic}
	var next func()
	next = func() {
		if len(names) == 0 {
			c.load()
			return
		}
		s := c.w.spec(names[0])
		names = names[1:]
		c.admin.create(s, next)
	}
	c.w.after(0, nil, "begin", next)
}

// load begins with the load.
func (c *clients) load() {
	for number := range int32(2) {
		c.addProducer(steadyTopic, number, true, true, 0)
		c.addReader(steadyTopic, number)
	}
	c.addProducer(steadyTopic, 0, false, true, 0)
	c.addProducer(steadyTopic, 1, true, false, 0)
	c.addProducer(oftenTopic, 0, true, true, 0)
	c.addReader(oftenTopic, 0)
	c.addProducer(shortTopic, 0, true, true, 0)
	c.addReader(shortTopic, 0)
	c.addProducer(keyedTopic, 0, true, true, 6)
	c.addMember()
	c.addMember()
}

// ready tells whether the load has begun and something was acknowledged.
func (c *clients) ready() bool { return len(c.producers) > 0 && c.w.seen.h.Acked() > 10 }

// unsettled says who still waits for an answer.
func (c *clients) unsettled() string { return "" }

package node

import (
	"iter"

	"github.com/brolga-io/brolga/internal/metrics"
)

// What a scrape is told of each partition. Nothing is loaded for it: of a log that
// has rested since the start it is what the directory and the checkpoints say.

// eachLog goes through the logs of this broker.
func (n *Node) eachLog() iter.Seq[metrics.OneLog] {
	return func(yield func(metrics.OneLog) bool) {
		for _, tp := range n.dirs.All() {
			log, err := n.dirs.Get(tp)
			if err != nil {
				continue // its directory is offline, or it has just been deleted
			}
			o := log.Overview()
			if !yield(metrics.OneLog{Topic: tp.Topic, Partition: tp.Partition, Bytes: o.Bytes, Segments: o.Segments, Start: o.Start, End: o.End}) {
				return
			}
		}
	}
}

// ledPartitions goes through the partitions that this broker leads.
func (n *Node) ledPartitions() iter.Seq[metrics.LedPartition] {
	image, self := n.publisher.Image(), n.cfg.NodeID()
	return func(yield func(metrics.LedPartition) bool) {
		for t := range image.Topics() {
			minISR := -1 // looked up once per topic that needs it
			for number, p := range t.Partitions() {
				if p.Leader != self {
					continue
				}
				if minISR < 0 {
					minISR = int(n.topicSettings(image, t.Name).MinInsyncReplicas)
				}
				led := metrics.LedPartition{Topic: t.Name, Partition: int32(number), Replicas: len(p.Replicas), InSync: len(p.ISR)}
				led.MinISR = min(minISR, led.Replicas)
				if !yield(led) {
					return
				}
			}
		}
	}
}

// cleanerCounts tells what compaction has done.
func (n *Node) cleanerCounts() metrics.CleanerCounts {
	s := n.dirs.Cleaner()
	c := metrics.CleanerCounts{
		SinceLastRunMs: -1, MaxDirtyRatio: s.MaxDirtyRatio, Compactions: s.Compactions,
		ReadBytes: s.ReadBytes, WrittenBytes: s.WrittenBytes, UncleanableByDirectory: map[string]int{},
	}
	if s.LastRunMs > 0 {
		c.SinceLastRunMs = max(0, n.nowMs()-s.LastRunMs)
	}
	for _, d := range n.dirs.Dirs() {
		c.UncleanableByDirectory[d.Path] = 0
	}
	for tp := range s.Uncleanable {
		if place, ok := n.dirs.Describe(tp); ok {
			c.UncleanableByDirectory[place.Dir]++
		}
	}
	return c
}

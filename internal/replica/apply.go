package replica

import (
	"errors"
	"slices"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/metadata"
)

// Apply brings the set in line with an image, given what it changed. It is
// called with every image, in order, by one goroutine. A replica whose log cannot
// be opened stays without a leader role and answers with a storage error.
func (s *Set) Apply(img *metadata.Image, d *metadata.Delta) {
	s.applyMu.Lock()
	defer s.applyMu.Unlock()
	if s.closed {
		return
	}
	s.first = s.image.Swap(img) == nil
	for _, t := range d.DeletedTopics {
		s.drop(t)
	}
	if s.configs.outdated(d) {
		s.configs.reset()
		s.reconfigureAll(img)
	} else {
		for _, r := range d.Configs {
			if r.Type == topicResource {
				s.reconfigure(img, r.Name)
			}
		}
	}
	for _, t := range d.CreatedTopics {
		s.update(img, t, allPartitions(t))
	}
	for _, c := range d.ChangedTopics {
		s.update(img, c.New, c.Partitions)
	}
	s.fetchers.prune()
	if len(d.Brokers) > 0 && s.o.AlterPartition != nil {
		s.All((*Partition).reviewISR) // who may join has changed
	}
}

// Resource types of configurations.
const (
	topicResource  = 2
	brokerResource = 4
)

func allPartitions(t *metadata.Topic) []int32 {
	numbers := make([]int32, t.PartitionCount())
	for i := range numbers {
		numbers[i] = int32(i)
	}
	return numbers
}

// update applies the state of some partitions of a topic. Those that this broker
// has no replica of are nothing to it, or leave.
func (s *Set) update(img *metadata.Image, t *metadata.Topic, numbers []int32) {
	topic := s.TopicByID(t.ID)
	var parts []*Partition
	if topic != nil {
		parts = slices.Clone(*topic.parts.Load())
	}
	settings := s.configs.of(s, img, t.Name)
	var here, leaving []*Partition
	for _, number := range numbers {
		mp := t.Partition(number)
		mine := mp != nil && slices.Contains(mp.Replicas, s.o.BrokerID)
		have := int(number) < len(parts) && parts[number] != nil
		switch {
		case mine && !have:
			if topic == nil {
				topic = &Topic{Name: t.Name, ID: t.ID, Internal: IsInternal(t.Name), set: s, counts: s.o.Metrics.Get(t.Name)}
			}
			parts = growTo(parts, int(number)+1)
			parts[number] = s.open(topic, number, mp, settings)
			here = append(here, parts[number])
		case mine:
			here = append(here, parts[number])
		case have:
			leaving = append(leaving, parts[number])
			parts[number] = nil
		}
	}
	for _, p := range here {
		p.setRole(t.Partition(p.number), settings)
	}
	if topic != nil {
		s.publish(topic, parts)
	}
	for _, p := range here {
		s.fetchers.assign(p)
	}
	for _, p := range leaving {
		s.leave(p)
	}
}

func growTo(parts []*Partition, n int) []*Partition {
	for len(parts) < n {
		parts = append(parts, nil)
	}
	return parts
}

// publish makes the partitions of a topic visible, or the topic disappear when
// none is left.
func (s *Set) publish(t *Topic, parts []*Partition) {
	t.parts.Store(&parts)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.ContainsFunc(parts, func(p *Partition) bool { return p != nil }) {
		s.removeLocked(t)
		return
	}
	s.byName[t.Name], s.byID[t.ID] = t, t
}

// removeLocked forgets a topic; a newer one of the same name stays.
func (s *Set) removeLocked(t *Topic) {
	delete(s.byID, t.ID)
	if s.byName[t.Name] == t {
		delete(s.byName, t.Name)
		s.o.Metrics.Remove(t.Name)
	}
}

// drop removes a deleted topic.
func (s *Set) drop(t *metadata.Topic) {
	topic := s.TopicByID(t.ID)
	if topic == nil {
		return
	}
	s.mu.Lock()
	s.removeLocked(topic)
	s.mu.Unlock()
	for _, p := range *topic.parts.Load() {
		if p != nil {
			s.leave(p)
		}
	}
}

// leave ends a replica: whoever waits is told, then its files go.
func (s *Set) leave(p *Partition) {
	p.gone.Store(true)
	p.endRole(ErrUnknownPartition, nil)
	s.fetchers.assign(p)
	if err := s.o.Logs.Delete(p.id(), p.topic.ID); err != nil {
		s.log.Error("Removing a replica failed", "topic", p.topic.Name, "partition", p.number, "err", err)
	}
}

// home is where the metadata has this broker's replica. The first image has what there
// was before this process; a replica that counts in it has had records.
func (s *Set) home(mp *metadata.Partition) logdir.Home {
	me := s.o.BrokerID
	counts := mp.Leader == me || slices.Contains(mp.ISR, me) || slices.Contains(mp.ELR, me)
	return logdir.Home{Dir: mp.Directory(me), Old: s.first && counts}
}

// open makes the replica with its log. Of a damaged one it takes what is left: this
// process has not claimed to have everything, so it is in an ISR only where nobody else
// has more, and elsewhere it fetches what is missing.
func (s *Set) open(t *Topic, number int32, mp *metadata.Partition, settings *topicConfig) *Partition {
	p := &Partition{topic: t, number: number}
	p.watermark.Store(unknownOffset)
	home := s.home(mp)
	log, err := s.o.Logs.Create(p.id(), t.ID, home, &settings.log)
	if errors.Is(err, commitlog.ErrCorrupt) {
		log, err = s.salvage(p, home, settings)
	}
	if err != nil {
		s.log.Error("Opening the log of a replica failed", "topic", t.Name, "partition", number, "err", err)
		return p
	}
	log.SetConfig(&settings.log) // it may have been opened with older ones
	p.log = log
	return p
}

// checkpointed is the watermark of the last checkpoint, or unknownOffset.
func (s *Set) checkpointed(p *Partition) int64 {
	if hw, ok := s.o.Logs.HighWatermark(p.id()); ok {
		return hw
	}
	return unknownOffset
}

// reconfigureAll gives every log its settings anew, because a default changed.
func (s *Set) reconfigureAll(img *metadata.Image) {
	s.mu.RLock()
	names := make([]string, 0, len(s.byName))
	for name := range s.byName {
		names = append(names, name)
	}
	s.mu.RUnlock()
	for _, name := range names {
		s.reconfigure(img, name)
	}
}

// reconfigure gives the logs of a topic their settings anew.
func (s *Set) reconfigure(img *metadata.Image, name string) {
	topic, t := s.TopicByName([]byte(name)), img.TopicByName(name)
	if topic == nil || t == nil || t.ID != topic.ID {
		return
	}
	settings := s.configs.of(s, img, name)
	for _, p := range *topic.parts.Load() {
		if p == nil || p.log == nil {
			continue
		}
		p.log.SetConfig(&settings.log)
		if mp := t.Partition(p.number); mp != nil {
			p.setRole(mp, settings)
		}
	}
}

// minISR is the effective min.insync.replicas: never more than there are
// replicas (KIP-966).
func minISR(settings *config.TopicSettings, replicas int) int {
	return min(int(settings.MinInsyncReplicas), replicas)
}

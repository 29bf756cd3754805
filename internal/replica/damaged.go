package replica

import (
	"slices"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/logdir"
)

// salvage opens a damaged log with what is left of it.
func (s *Set) salvage(p *Partition, home logdir.Home, settings *topicConfig) (*commitlog.Log, error) {
	_, lost, err := s.o.Logs.Salvage(p.id())
	if err != nil {
		return nil, err
	}
	s.log.Error("The log of a replica is damaged and goes on with what is left of it", "topic", p.topic.Name,
		"partition", p.number, "lostFrom", lost.LostFrom, "lostTo", lost.LostTo)
	s.o.ReplicaMetrics.SalvagedLogs.Inc()
	log, err := s.o.Logs.Create(p.id(), p.topic.ID, home, &settings.log) // whose topic it is
	if err == nil && lost.LostTo > lost.LostFrom && log.StartOffset() == log.EndOffset() && s.othersCount(p) {
		// Nothing is left. An empty log that began where it ended would make this broker,
		// once it leads, tell the others that all before was deleted.
		err = log.TruncateFullyAndStartAt(lost.LostFrom)
	}
	return log, err
}

// othersCount tells whether another broker may be chosen to lead a partition, so that
// this one need not keep what is left of it.
func (s *Set) othersCount(p *Partition) bool {
	topic := s.image.Load().TopicByID(p.topic.ID)
	if topic == nil {
		return false
	}
	mp := topic.Partition(p.number)
	return mp != nil && slices.ContainsFunc(slices.Concat(mp.ISR, mp.ELR, mp.LastKnownELR), func(id int32) bool { return id != s.o.BrokerID })
}

// startOver drops a log that turns out to be damaged while it is in use, so that all of
// it is copied again. That waits until the damage has put this broker out of the ISR,
// because nobody else may need its copy then: a leader takes nobody back who fails.
func (f *fetcher) startOver(fp *followed, why error) bool {
	p, me := fp.p, f.s.o.BrokerID
	topic := f.s.image.Load().TopicByID(p.topic.ID)
	if topic == nil {
		return false
	}
	mp := topic.Partition(p.number)
	if mp == nil || mp.LeaderEpoch != fp.role.epoch || slices.Contains(mp.ISR, me) || slices.Contains(mp.ELR, me) || slices.Contains(mp.LastKnownELR, me) {
		return false
	}
	end, epoch, err := p.log.RestartForLeader(fp.role.epoch, 0)
	if err != nil {
		return false // the next failure tries again
	}
	f.s.log.Error("The log of a replica is damaged and is copied anew", "topic", p.topic.Name, "partition", p.number,
		"broker", f.key.leader, "err", why)
	f.s.o.ReplicaMetrics.SalvagedLogs.Inc()
	p.cutWatermark(end)
	fp.offset, fp.lastEpoch = end, epoch
	fp.backoff.reset()
	f.makeDue(fp)
	return true
}

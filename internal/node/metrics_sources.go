package node

import (
	"slices"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/metrics"
	"github.com/brolga-io/brolga/internal/quorum"
)

// connectMetrics installs what a scrape asks for: numbers that nobody has to keep
// because they follow from the image and the logs.
func (n *Node) connectMetrics() {
	n.metrics.Controller.Counts.Set(n.controllerCounts)
	n.metrics.Quorum.Counts.Set(n.quorumCounts)
	n.metrics.Replica.Counts.Set(n.replicaCounts)
	n.metrics.Group.Counts.Set(n.groups.Counts)
	n.metrics.Log.Counts.Set(n.logCounts)
	n.metrics.Log.Each.Set(n.eachLog)
	n.metrics.Server.BrokerState.Set(func() int {
		if n.unready() != "" {
			return metrics.BrokerRecovery
		}
		return metrics.BrokerRunning
	})
	n.metrics.Replica.Led.Set(n.ledPartitions)
	n.metrics.Server.Connections.Set(func() map[string]int { return n.server.ConnectionsByListener() })
}

func (n *Node) controllerCounts() metrics.ControllerCounts {
	image := n.publisher.Image()
	status := n.metadataLog.Status()
	c := metrics.ControllerCounts{
		Active: status.LeaderID == n.cfg.NodeID(), Topics: image.TopicCount(), Partitions: image.PartitionCount(),
		LastAppliedOffset: image.EndOffset() - 1, LastOffset: status.HighWatermark - 1,
		LastAppliedMs: n.publisher.appliedMs.Load(), IgnoredStaticVoters: n.ignoresStaticVoters(status),
	}
	for b := range image.Brokers() {
		if b.Fenced {
			c.FencedBrokers++
		} else {
			c.ActiveBrokers++
		}
	}
	for t := range image.Topics() {
		for _, p := range t.Partitions() {
			switch {
			case p.Leader == metadata.NoLeader:
				c.OfflinePartitions++
			case p.Leader != p.Replicas[0]:
				c.PreferredReplicaImbalance++
			}
		}
	}
	return c
}

func (n *Node) quorumCounts() metrics.QuorumCounts {
	s := n.metadataLog.Status()
	c := metrics.QuorumCounts{
		Leader: s.LeaderID, Epoch: s.LeaderEpoch, Vote: s.Vote, VoteDirectory: s.VoteDirectory.String(), State: s.State,
		HighWatermark: s.HighWatermark, LogEndOffset: s.LogEndOffset, LogEndEpoch: s.LogEndEpoch,
		Voters: len(s.Voters), Observers: len(s.Observers), AddingVoter: len(s.Learners) > 0, ChangingVoters: s.Changing,
		IgnoredStaticVoters: n.ignoresStaticVoters(s),
	}
	for _, v := range s.Voters {
		if v.NodeID == n.cfg.NodeID() {
			c.IsVoter = n.quorum != nil
		} else if _, known := n.controllerAddress(v.NodeID); !known {
			c.UnknownVoters++
		}
	}
	return c
}

// ignoresStaticVoters tells whether controller.quorum.voters, which counts for a new
// quorum only, names other nodes than the quorum has.
func (n *Node) ignoresStaticVoters(s quorum.Status) bool {
	configured := n.cfg.Voters()
	if len(configured) == 0 || len(s.Voters) == 0 {
		return false
	}
	for _, v := range s.Voters {
		if !slices.ContainsFunc(configured, func(c config.Voter) bool { return c.ID == v.NodeID }) {
			return true
		}
	}
	return len(configured) != len(s.Voters)
}

// replicaCounts counts the partitions of this broker as the metadata has them.
func (n *Node) replicaCounts() metrics.ReplicaCounts {
	image, self := n.publisher.Image(), n.cfg.NodeID()
	c := metrics.ReplicaCounts{
		FetchSessions: n.replicas.Sessions().Len(), WaitingFetches: n.replicas.WaitingFetches(), WaitingProduces: n.server.WaitingAnswers(),
	}
	for t := range image.Topics() {
		minISR := -1 // looked up once per topic that needs it
		for _, p := range t.Partitions() {
			if !slices.Contains(p.Replicas, self) {
				continue
			}
			c.Partitions++
			if p.Leader != self {
				continue
			}
			if minISR < 0 {
				minISR = int(n.topicSettings(image, t.Name).MinInsyncReplicas)
			}
			countLed(&c, p, min(minISR, len(p.Replicas)))
		}
	}
	for _, err := range n.dirs.Damaged() {
		if err != nil {
			c.Offline++
		}
	}
	return c
}

// countLed counts a partition that this broker leads.
func countLed(c *metrics.ReplicaCounts, p *metadata.Partition, minISR int) {
	c.Leaders++
	if len(p.ISR) < len(p.Replicas) {
		c.UnderReplicated++
	}
	switch {
	case len(p.ISR) < minISR:
		c.UnderMinISR++
	case len(p.ISR) == minISR:
		c.AtMinISR++
	}
	if len(p.AddingReplicas)+len(p.RemovingReplicas) > 0 {
		c.Reassigning++
	}
}

func (n *Node) logCounts() metrics.LogCounts {
	c := metrics.LogCounts{Cleaner: n.cleanerCounts(), Directories: map[string]bool{}}
	for log := range n.eachLog() {
		c.Logs++
		c.Segments += log.Segments
		c.Bytes += log.Bytes
	}
	for _, d := range n.dirs.Dirs() {
		c.Directories[d.Path] = d.Offline
		if d.Offline {
			c.OfflineDirectories++
		}
	}
	return c
}

// countElections is a publisher's step.
func (n *Node) countElections(_ *metadata.Image, d *metadata.Delta) {
	for _, c := range d.ChangedTopics {
		for _, number := range c.Partitions {
			was, is := c.Old.Partition(number), c.New.Partition(number)
			if was == nil || is == nil || was.Leader == is.Leader || is.Leader == metadata.NoLeader {
				continue
			}
			n.metrics.Controller.Elections.Inc()
			if !slices.Contains(was.ISR, is.Leader) && slices.Contains(was.ELR, is.Leader) {
				n.metrics.Controller.EligibleElections.Inc()
			}
			if is.LeaderRecoveryState == metadata.Recovering && was.LeaderRecoveryState != metadata.Recovering {
				n.metrics.Controller.UncleanElections.Inc()
			}
		}
	}
}

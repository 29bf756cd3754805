package console

import (
	"context"
	"errors"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/console/view"
)

// quorumCommand shows what the page of the quorum shows.
func (k *cluster) quorumCommand() string {
	c := &command{}
	return c.add("kafka-metadata-quorum", "--bootstrap-server").add(k.bootstrap[0]).add("describe", "--replication").String()
}

// metadataTopic is the name under which the quorum's log is asked for.
const metadataTopic = "__cluster_metadata"

// describeQuorum asks for the state of the metadata's one partition.
func (k *cluster) describeQuorum(ctx context.Context) (*kmsg.DescribeQuorumResponse, kmsg.DescribeQuorumResponseTopicPartition, error) {
	var none kmsg.DescribeQuorumResponseTopicPartition
	req := kmsg.NewPtrDescribeQuorumRequest()
	t := kmsg.NewDescribeQuorumRequestTopic()
	t.Topic = metadataTopic
	t.Partitions = append(t.Partitions, kmsg.NewDescribeQuorumRequestTopicPartition())
	req.Topics = append(req.Topics, t)
	answer, err := k.askAny(ctx, req)
	if err != nil {
		return nil, none, err
	}
	resp := answer.(*kmsg.DescribeQuorumResponse)
	if err := brokerFailure(resp.ErrorCode, resp.ErrorMessage); err != nil {
		return nil, none, err
	}
	if len(resp.Topics) != 1 || len(resp.Topics[0].Partitions) != 1 {
		return nil, none, kerr.UnknownTopicOrPartition
	}
	p := resp.Topics[0].Partitions[0]
	return resp, p, brokerFailure(p.ErrorCode, p.ErrorMessage)
}

// activeController is the leader of the quorum. What metadata name as the
// controller is any broker where there is a quorum (KIP-590), and the controller
// itself only where there is none.
func (k *cluster) activeController(ctx context.Context, m *kmsg.MetadataResponse, prev *metaPart) int32 {
	if k.noQuorum.Load() {
		return m.ControllerID
	}
	const patience = 2 * time.Second
	asking, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, p, err := k.describeQuorum(asking)
	switch {
	case err == nil:
		return p.LeaderID
	case unsupported(err) || errors.Is(err, kerr.UnsupportedVersion):
		k.noQuorum.Store(true)
		return m.ControllerID
	case prev != nil:
		return prev.controller
	}
	return m.ControllerID
}

func (c *call) quorum() (view.Quorum, error) {
	k, err := c.cluster()
	if err != nil {
		return view.Quorum{}, err
	}
	resp, p, err := k.describeQuorum(c)
	if err != nil {
		return view.Quorum{}, err
	}
	v := view.Quorum{Leader: p.LeaderID, LeaderEpoch: p.LeaderEpoch, HighWatermark: view.Int64(p.HighWatermark), Command: k.quorumCommand()}
	end := int64(0)
	for _, s := range p.CurrentVoters {
		if s.ReplicaID == p.LeaderID {
			end = s.LogEndOffset
		}
	}
	for _, s := range p.CurrentVoters {
		v.Voters = append(v.Voters, quorumNode(s.ReplicaID, s.LogEndOffset, end, s.LastFetchTimestamp, s.LastCaughtUpTimestamp))
	}
	for _, s := range p.Observers {
		v.Observers = append(v.Observers, quorumNode(s.ReplicaID, s.LogEndOffset, end, s.LastFetchTimestamp, s.LastCaughtUpTimestamp))
	}
	for _, n := range resp.Nodes {
		for _, l := range n.Listeners {
			v.Listeners = append(v.Listeners, view.QuorumPlace{Node: n.NodeID, Name: l.Name, Host: l.Host, Port: int32(l.Port)})
		}
	}
	return v, nil
}

func quorumNode(id int32, at, end, fetched, caughtUp int64) view.QuorumNode {
	n := view.QuorumNode{ID: id, LogEnd: view.Int64(at), Lag: view.Int64(max(0, end-at))}
	n.LastFetch, n.LastCaughtUp = moment(fetched), moment(caughtUp)
	return n
}

// moment is a time that may not be known.
func moment(ms int64) *view.Millis {
	if ms < 0 {
		return nil
	}
	at := view.Millis(ms)
	return &at
}

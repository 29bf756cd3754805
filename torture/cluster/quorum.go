package cluster

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// directoryID is the id of a node's metadata directory in a quorum whose voters change.
func directoryID(id int) [16]byte { return [16]byte([]byte(fmt.Sprintf("directory-of-n%02d", id))) }

// initialControllers is what such a quorum is formatted with.
func (c *Cluster) initialControllers() string {
	var all []string
	for _, n := range c.Nodes {
		id := directoryID(n.ID)
		all = append(all, fmt.Sprintf("%d@%s:%s", n.ID, n.Controller, base64.RawURLEncoding.EncodeToString(id[:])))
	}
	return strings.Join(all, ",")
}

// RemoveVoter takes a node out of the quorum; it goes on as a broker.
func (c *Cluster) RemoveVoter(ctx context.Context, client *kgo.Client, n *Node) error {
	req := kmsg.NewPtrRemoveRaftVoterRequest()
	id := ClusterID
	req.ClusterID, req.VoterID, req.VoterDirectoryID = &id, int32(n.ID), directoryID(n.ID)
	return retry(ctx, kerr.VoterNotFound, func(ctx context.Context) error {
		resp, err := req.RequestWith(ctx, client)
		if err == nil {
			err = kerr.ErrorForCode(resp.ErrorCode)
		}
		return err
	})
}

// AddVoter takes a node into the quorum.
func (c *Cluster) AddVoter(ctx context.Context, client *kgo.Client, n *Node) error {
	host, text, err := net.SplitHostPort(n.Controller)
	if err != nil {
		return err
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return err
	}
	req := kmsg.NewPtrAddRaftVoterRequest()
	id := ClusterID
	req.ClusterID, req.TimeoutMillis, req.VoterID, req.VoterDirectoryID = &id, 10_000, int32(n.ID), directoryID(n.ID)
	listener := kmsg.NewAddRaftVoterRequestListener()
	listener.Name, listener.Host, listener.Port = controllerListener, host, uint16(port)
	req.Listeners = append(req.Listeners, listener)
	return retry(ctx, kerr.DuplicateVoter, func(ctx context.Context) error {
		resp, err := req.RequestWith(ctx, client)
		if err == nil {
			err = kerr.ErrorForCode(resp.ErrorCode)
		}
		return err
	})
}

// retry asks until it is done; an answer that says it was done before is as good.
func retry(ctx context.Context, done error, ask func(ctx context.Context) error) error {
	for {
		one, cancel := context.WithTimeout(ctx, 12*time.Second)
		err := ask(one)
		cancel()
		if err == nil || errors.Is(err, done) {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(300 * time.Millisecond):
		}
	}
}

// Voters are the ids of the voters, as the active controller says.
func (c *Cluster) Voters(ctx context.Context, client *kgo.Client) ([]int32, error) {
	p, err := describeQuorum(ctx, client)
	if err != nil {
		return nil, err
	}
	var all []int32
	for _, v := range p.CurrentVoters {
		all = append(all, v.ReplicaID)
	}
	return all, nil
}

func describeQuorum(ctx context.Context, client *kgo.Client) (*kmsg.DescribeQuorumResponseTopicPartition, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req := kmsg.NewPtrDescribeQuorumRequest()
	topic := kmsg.NewDescribeQuorumRequestTopic()
	topic.Topic = "__cluster_metadata"
	topic.Partitions = append(topic.Partitions, kmsg.NewDescribeQuorumRequestTopicPartition())
	req.Topics = append(req.Topics, topic)
	resp, err := req.RequestWith(ctx, client)
	if err != nil {
		return nil, err
	}
	if err := kerr.ErrorForCode(resp.ErrorCode); err != nil {
		return nil, err
	}
	if len(resp.Topics) == 0 || len(resp.Topics[0].Partitions) == 0 {
		return nil, errors.New("no quorum is described")
	}
	return &resp.Topics[0].Partitions[0], nil
}

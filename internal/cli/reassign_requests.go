package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/wire"
)

// reassignment is a move of a partition that is under way.
type reassignment struct{ replicas, adding, removing []int32 }

// reassignments lists those of some partitions; nil is all of the cluster.
func (a *admin) reassignments(partitions []topicPartition) (map[topicPartition]reassignment, error) {
	req := kmsg.NewPtrListPartitionReassignmentsRequest()
	req.TimeoutMillis = int32(a.timeout.Milliseconds())
	if partitions != nil {
		req.Topics = []kmsg.ListPartitionReassignmentsRequestTopic{}
	}
	for _, tp := range partitions {
		t := kmsg.NewListPartitionReassignmentsRequestTopic()
		t.Topic, t.Partitions = tp.topic, []int32{tp.partition}
		req.Topics = append(req.Topics, t)
	}
	resp, err := call[*kmsg.ListPartitionReassignmentsResponse](a, "listPartitionReassignments", req)
	if err == nil {
		err = brokerError(resp.ErrorCode, resp.ErrorMessage)
	}
	if err != nil {
		return nil, executionFailed(err)
	}
	found := map[topicPartition]reassignment{}
	for _, t := range resp.Topics {
		for _, p := range t.Partitions {
			found[topicPartition{t.Topic, p.Partition}] = reassignment{p.Replicas, p.AddingReplicas, p.RemovingReplicas}
		}
	}
	return found, nil
}

// alterReassignments moves partitions, or with nil replicas stops their moves.
func (a *admin) alterReassignments(replicas map[topicPartition][]int32, otherFactor bool) (map[topicPartition]error, error) {
	req := kmsg.NewPtrAlterPartitionAssignmentsRequest()
	req.TimeoutMillis, req.AllowReplicationFactorChange = int32(a.timeout.Milliseconds()), otherFactor
	for _, tp := range sortedPartitions(replicas) {
		if n := len(req.Topics); n == 0 || req.Topics[n-1].Topic != tp.topic {
			t := kmsg.NewAlterPartitionAssignmentsRequestTopic()
			t.Topic = tp.topic
			req.Topics = append(req.Topics, t)
		}
		p := kmsg.NewAlterPartitionAssignmentsRequestTopicPartition()
		p.Partition, p.Replicas = tp.partition, replicas[tp]
		t := &req.Topics[len(req.Topics)-1]
		t.Partitions = append(t.Partitions, p)
	}
	resp, err := call[*kmsg.AlterPartitionAssignmentsResponse](a, "alterPartitionReassignments", req)
	if err != nil {
		return nil, err
	}
	errs := map[topicPartition]error{}
	if err := brokerError(resp.ErrorCode, resp.ErrorMessage); err != nil {
		for tp := range replicas {
			errs[tp] = err
		}
		return errs, nil
	}
	for _, t := range resp.Topics {
		for _, p := range t.Partitions {
			if err := brokerError(p.ErrorCode, p.ErrorMessage); err != nil {
				errs[topicPartition{t.Topic, p.Partition}] = err
			}
		}
	}
	return errs, nil
}

// replicasOf returns the replicas of all partitions of topics that exist.
func (a *admin) replicasOf(topics []string) (map[topicPartition][]int32, error) {
	resp, err := a.metadata("describeTopics", sortedCompact(topics))
	if err != nil {
		return nil, executionFailed(err)
	}
	found := map[topicPartition][]int32{}
	for _, t := range resp.Topics {
		if t.Topic == nil || wire.ErrorCode(t.ErrorCode) == wire.UnknownTopicOrPartition {
			continue
		}
		if err := brokerError(t.ErrorCode, nil); err != nil {
			return nil, executionFailed(err)
		}
		for _, p := range t.Partitions {
			found[topicPartition{*t.Topic, p.Partition}] = p.Replicas
		}
	}
	return found, nil
}

func sortedCompact(texts []string) []string {
	texts = slices.Clone(texts)
	slices.Sort(texts)
	return append([]string{}, slices.Compact(texts)...)
}

// mustHaveTopics is the complaint about a topic without partitions.
func mustHaveTopics(topics []string, replicas map[topicPartition][]int32) error {
	for _, topic := range sortedCompact(topics) {
		known := false
		for tp := range replicas {
			known = known || tp.topic == topic
		}
		if !known {
			return executionFailed(brokerError(int16(wire.UnknownTopicOrPartition), kmsg.StringPtr("Topic "+topic+" not found.")))
		}
	}
	return nil
}

// replicaDir is where a broker keeps a replica, and where it moves it to.
type replicaDir struct{ current, future string }

// replicaDirs asks the brokers of replicas for their log directories.
func (a *admin) replicaDirs(replicas []partitionReplica) (map[partitionReplica]replicaDir, error) {
	var brokers []int32
	for _, r := range replicas {
		brokers = append(brokers, r.broker)
	}
	found := map[partitionReplica]replicaDir{}
	if len(replicas) == 0 {
		return found, nil
	}
	described, err := a.describeLogDirs(sortedIDs(brokers))
	if err != nil {
		return nil, executionFailed(err)
	}
	for broker, dirs := range described {
		for _, dir := range dirs {
			for _, t := range dir.Topics {
				for _, p := range t.Partitions {
					r := partitionReplica{topicPartition{t.Topic, p.Partition}, broker}
					at := found[r]
					if p.IsFuture {
						at.future = dir.Dir
					} else {
						at.current = dir.Dir
					}
					found[r] = at
				}
			}
		}
	}
	return found, nil
}

// alterReplicaDirs returns the replicas whose move began; one that the broker
// does not have yet is left out.
func (a *admin) alterReplicaDirs(dirs map[partitionReplica]string) ([]partitionReplica, error) {
	var begun []partitionReplica
	for r, dir := range dirs {
		req := kmsg.NewPtrAlterReplicaLogDirsRequest()
		t := kmsg.NewAlterReplicaLogDirsRequestDirTopic()
		t.Topic, t.Partitions = r.topic, []int32{r.partition}
		d := kmsg.NewAlterReplicaLogDirsRequestDir()
		d.Dir, d.Topics = dir, append(d.Topics, t)
		req.Dirs = append(req.Dirs, d)
		resp, err := a.Broker(int(r.broker)).RetriableRequest(context.Background(), req)
		if err != nil {
			return nil, adminCommandFailed("Failed to alter dir for " + r.String())
		}
		code := wire.None
		for _, t := range resp.(*kmsg.AlterReplicaLogDirsResponse).Topics {
			for _, p := range t.Partitions {
				code = wire.ErrorCode(p.ErrorCode)
			}
		}
		switch code {
		case wire.None:
			begun = append(begun, r)
		case wire.ReplicaNotAvailable:
		default:
			failed := adminCommandFailed("Failed to alter dir for " + r.String()).(*exception)
			failed.cause = brokerError(int16(code), nil)
			return nil, failed
		}
	}
	slices.SortFunc(begun, compareReplicas)
	return begun, nil
}

func compareReplicas(a, b partitionReplica) int {
	if a.broker != b.broker {
		return int(a.broker) - int(b.broker)
	}
	return comparePartitions(a.topicPartition, b.topicPartition)
}

// partitionErrors lists what was refused, a line for each.
func partitionErrors(errs map[topicPartition]error) string {
	var lines []string
	for _, tp := range sortedPartitions(errs) {
		lines = append(lines, fmt.Sprintf("%s: %s", tp, errs[tp]))
	}
	return strings.Join(lines, "\n")
}

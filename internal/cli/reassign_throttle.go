package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// The configurations that limit what replication may use (KIP-73, KIP-113).
const (
	leaderThrottle           = "leader.replication.throttled.rate"
	followerThrottle         = "follower.replication.throttled.rate"
	dirsThrottle             = "replica.alter.log.dirs.io.max.bytes.per.second"
	leaderThrottledCopies    = "leader.replication.throttled.replicas"
	followersThrottledCopies = "follower.replication.throttled.replicas"
)

// configChange is one key of a resource; a nil value deletes it.
type configChange struct {
	key   string
	value *string
}

// changeConfigs alters resources of one type.
func (a *admin) changeConfigs(kind kmsg.ConfigResourceType, names []string, changes func(name string) []configChange) error {
	req := kmsg.NewPtrIncrementalAlterConfigsRequest()
	for _, name := range names {
		resource := kmsg.NewIncrementalAlterConfigsRequestResource()
		resource.ResourceType, resource.ResourceName = kind, name
		for _, change := range changes(name) {
			c := kmsg.NewIncrementalAlterConfigsRequestResourceConfig()
			c.Name, c.Op, c.Value = change.key, kmsg.IncrementalAlterConfigOpSet, change.value
			if change.value == nil {
				c.Op = kmsg.IncrementalAlterConfigOpDelete
			}
			resource.Configs = append(resource.Configs, c)
		}
		req.Resources = append(req.Resources, resource)
	}
	resp, err := call[*kmsg.IncrementalAlterConfigsResponse](a, "incrementalAlterConfigs", req)
	if err != nil {
		return executionFailed(err)
	}
	for _, r := range resp.Resources {
		if err := brokerError(r.ErrorCode, r.ErrorMessage); err != nil {
			return executionFailed(err)
		}
	}
	return nil
}

func idNames(ids []int32) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = strconv.Itoa(int(id))
	}
	return names
}

// clearThrottles takes every throttle of the cluster's brokers and of a file's
// topics away: which ones the moves had set is not known.
func (t *reassignTool) clearThrottles(m *moves) error {
	cluster, err := t.admin.describeCluster(clusterQuestion{})
	if err != nil {
		return executionFailed(err)
	}
	brokers := cluster.ids()
	for _, replicas := range m.replicas {
		brokers = append(brokers, replicas...)
	}
	brokers = sortedIDs(brokers)
	t.env.outf("Clearing broker-level throttles on broker%s %s\n", plural(len(brokers)), joinIDs(brokers, ","))
	err = t.admin.changeConfigs(kmsg.ConfigResourceTypeBroker, idNames(brokers), func(string) []configChange {
		return []configChange{{key: leaderThrottle}, {key: followerThrottle}, {key: dirsThrottle}}
	})
	if err != nil {
		return err
	}
	topics := m.topics()
	t.env.outf("Clearing topic-level throttles on topic%s %s\n", plural(len(topics)), strings.Join(topics, ","))
	return t.admin.changeConfigs(kmsg.ConfigResourceTypeTopic, topics, func(string) []configChange {
		return []configChange{{key: leaderThrottledCopies}, {key: followersThrottledCopies}}
	})
}

// setThrottles limits the moves of a file, and those under way, as the options
// say.
func (t *reassignTool) setThrottles(m *moves, current map[topicPartition]reassignment, replicas map[topicPartition][]int32) error {
	between, err := t.set.number(t.throttle)
	if err != nil {
		return err
	}
	within, err := t.set.number(t.dirsThrottle)
	if err != nil {
		return err
	}
	if between < 0 && within < 0 {
		return nil
	}
	t.env.outln("Warning: You must run --verify periodically, until the reassignment completes, to ensure the throttle is removed.")
	if between >= 0 {
		if err := t.throttleBetween(proposedRoutes(m, current, replicas), between); err != nil {
			return err
		}
	}
	if within < 0 {
		return nil
	}
	var brokers []int32
	for r := range m.dirs {
		brokers = append(brokers, r.broker)
	}
	limit := strconv.FormatInt(within, 10)
	err = t.admin.changeConfigs(kmsg.ConfigResourceTypeBroker, idNames(sortedIDs(brokers)), func(string) []configChange {
		return []configChange{{dirsThrottle, &limit}}
	})
	if err == nil {
		t.env.outf("The replica-alter-dir throttle limit was set to %d B/s\n", within)
	}
	return err
}

// route is from which brokers to which a partition moves.
type route struct{ sources, destinations []int32 }

// proposedRoutes are those under way and those of a file, whose sources, where
// the partition already moves, stay what they are.
func proposedRoutes(m *moves, current map[topicPartition]reassignment, replicas map[topicPartition][]int32) map[topicPartition]route {
	routes := map[topicPartition]route{}
	for tp, r := range current {
		routes[tp] = route{sources: without(r.replicas, r.adding), destinations: r.adding}
	}
	for _, tp := range m.partitions {
		sources := replicas[tp]
		if moving, ok := routes[tp]; ok {
			sources = moving.sources
		}
		routes[tp] = route{sources, without(m.replicas[tp], sources)}
	}
	return routes
}

func without(ids, others []int32) []int32 {
	return slices.DeleteFunc(slices.Clone(ids), func(id int32) bool { return slices.Contains(others, id) })
}

func (t *reassignTool) throttleBetween(routes map[topicPartition]route, bytesPerSecond int64) error {
	leaders, followers := map[string][]string{}, map[string][]string{}
	var topics []string
	var brokers []int32
	for tp, r := range routes {
		topics = append(topics, tp.topic)
		brokers = slices.Concat(brokers, r.sources, r.destinations)
		for _, id := range r.sources {
			leaders[tp.topic] = append(leaders[tp.topic], fmt.Sprintf("%d:%d", tp.partition, id))
		}
		for _, id := range r.destinations {
			followers[tp.topic] = append(followers[tp.topic], fmt.Sprintf("%d:%d", tp.partition, id))
		}
	}
	err := t.admin.changeConfigs(kmsg.ConfigResourceTypeTopic, sortedCompact(topics), func(topic string) []configChange {
		from, to := strings.Join(sortedCompact(leaders[topic]), ","), strings.Join(sortedCompact(followers[topic]), ",")
		return []configChange{{leaderThrottledCopies, &from}, {followersThrottledCopies, &to}}
	})
	if err != nil {
		return err
	}
	limit := strconv.FormatInt(bytesPerSecond, 10)
	err = t.admin.changeConfigs(kmsg.ConfigResourceTypeBroker, idNames(sortedIDs(brokers)), func(string) []configChange {
		return []configChange{{leaderThrottle, &limit}, {followerThrottle, &limit}}
	})
	if err == nil {
		t.env.outf("The inter-broker throttle limit was set to %d B/s\n", bytesPerSecond)
	}
	return err
}

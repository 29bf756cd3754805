package cli

import (
	"math"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// consumerConfig is what the consuming tools need of Java's consumer
// properties beyond the library's options.
type consumerConfig struct {
	opts       []kgo.Opt
	reset      kgo.Offset
	isolation  int8
	autoCommit bool
	interval   time.Duration
	autoCreate bool
	// pollRecords is how many records one poll returns at most.
	pollRecords int
}

// newConsumerConfig translates Java's consumer properties.
func newConsumerConfig(env *Env, props clientProps) (*consumerConfig, error) {
	c := &consumerConfig{}
	isolation, err := props.oneOf("isolation.level", "read_uncommitted", "read_committed", "read_uncommitted")
	if err != nil {
		return nil, err
	}
	level := kgo.ReadUncommitted()
	if isolation == "read_committed" {
		level, c.isolation = kgo.ReadCommitted(), 1
	}
	if c.reset, err = resetOffset(env, props["auto.offset.reset"]); err != nil {
		return nil, err
	}
	n := numbers{props: props}
	c.autoCommit = n.boolean("enable.auto.commit", true)
	c.interval = n.millis("auto.commit.interval.ms", 5000)
	c.autoCreate = n.boolean("allow.auto.create.topics", true)
	minBytes, maxBytes := n.int("fetch.min.bytes", 1, 0), n.int("fetch.max.bytes", 50<<20, 0)
	partitionBytes := n.int("max.partition.fetch.bytes", 1<<20, 0)
	c.pollRecords = int(n.int("max.poll.records", 500, 1))
	checkCRCs := n.boolean("check.crcs", true)
	maxWait, age := n.millis("fetch.max.wait.ms", 500), n.millis("metadata.max.age.ms", 300_000)
	if n.err != nil {
		return nil, n.err
	}
	c.opts = []kgo.Opt{
		kgo.FetchIsolationLevel(level),
		kgo.ConsumeResetOffset(c.reset),
		kgo.FetchMinBytes(int32(minBytes)),
		kgo.FetchMaxBytes(int32(min(maxBytes, math.MaxInt32))),
		kgo.FetchMaxPartitionBytes(int32(min(partitionBytes, maxBytes, math.MaxInt32))),
		kgo.FetchMaxWait(maxWait),
		kgo.MetadataMaxAge(max(age, time.Second)),
	}
	if rack := props["client.rack"]; rack != "" {
		c.opts = append(c.opts, kgo.Rack(rack))
	}
	if c.autoCreate {
		c.opts = append(c.opts, kgo.AllowAutoTopicCreation())
	}
	if !checkCRCs {
		c.opts = append(c.opts, kgo.DisableFetchCRCValidation())
	}
	return c, nil
}

// resetOffset is where a partition without a usable offset begins.
func resetOffset(env *Env, policy string) (kgo.Offset, error) {
	switch policy {
	case "earliest":
		return kgo.NewOffset().AtStart(), nil
	case "latest":
		return kgo.NewOffset().AtEnd(), nil
	case "none":
		return kgo.NoResetOffset(), nil
	}
	if text, ok := strings.CutPrefix(policy, "by_duration:"); ok {
		if d, err := parseDuration(text); err == nil && d >= 0 {
			return kgo.NewOffset().AfterMilli(env.Now().Add(-d).UnixMilli()), nil
		}
	}
	return kgo.Offset{}, configError("Invalid value " + policy + " for configuration auto.offset.reset: Invalid value `" + policy +
		"` for configuration auto.offset.reset. The value must be either 'earliest', 'latest', 'none' or of the format 'by_duration:<PnDTnHnMn.nS.>'.")
}

// groupOptions are the options of a member of a group.
func groupOptions(props clientProps) ([]kgo.Opt, error) {
	protocol, err := props.oneOf("group.protocol", "classic", "classic", "consumer", "CLASSIC", "CONSUMER")
	if err != nil {
		return nil, err
	}
	n := numbers{props: props}
	opts := []kgo.Opt{
		kgo.ConsumerGroup(props["group.id"]),
		kgo.RebalanceTimeout(n.millis("max.poll.interval.ms", 300_000)),
		kgo.DisableAutoCommit(),
		kgo.BlockRebalanceOnPoll(),
	}
	if strings.EqualFold(protocol, "consumer") {
		opts = append(opts, kgo.ServerSideBalancer(), kgo.Balancers(serverAssignor(props["group.remote.assignor"])))
	} else {
		balancers, err := balancers(props["partition.assignment.strategy"])
		if err != nil {
			return nil, err
		}
		opts = append(opts, kgo.Balancers(balancers...),
			kgo.SessionTimeout(n.millis("session.timeout.ms", 45_000)),
			kgo.HeartbeatInterval(n.millis("heartbeat.interval.ms", 3000)))
	}
	if id := props["group.instance.id"]; id != "" {
		opts = append(opts, kgo.InstanceID(id))
	}
	return opts, n.err
}

// serverAssignor is the library's stand-in for an assignor of the broker. Where
// none is named the broker uses its first one, uniform.
func serverAssignor(name string) kgo.GroupBalancer {
	if name == "range" {
		return kgo.RangeBalancer()
	}
	return kgo.StickyBalancer()
}

// balancers reads a list of Java assignor classes; the default is Java's.
func balancers(classes string) ([]kgo.GroupBalancer, error) {
	if classes == "" {
		return []kgo.GroupBalancer{kgo.RangeBalancer(), kgo.CooperativeStickyBalancer()}, nil
	}
	var list []kgo.GroupBalancer
	for _, class := range strings.Split(classes, ",") {
		class = strings.TrimSpace(class)
		switch class[strings.LastIndexByte(class, '.')+1:] {
		case "RangeAssignor", "range":
			list = append(list, kgo.RangeBalancer())
		case "RoundRobinAssignor", "roundrobin":
			list = append(list, kgo.RoundRobinBalancer())
		case "StickyAssignor", "sticky":
			list = append(list, kgo.StickyBalancer())
		case "CooperativeStickyAssignor", "cooperative-sticky":
			list = append(list, kgo.CooperativeStickyBalancer())
		default:
			return nil, configError("Invalid value " + class + " for configuration partition.assignment.strategy: Class " + class + " could not be found.")
		}
	}
	return list, nil
}

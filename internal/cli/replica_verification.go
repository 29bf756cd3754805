package cli

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

const (
	replicaVerificationAbout  = "Validate that all replicas for a set of topics have the same data."
	replicaVerificationLogger = "org.apache.kafka.tools.ReplicaVerificationTool"
)

// replicaVerificationOptions are the options of kafka-replica-verification.
type replicaVerificationOptions struct {
	parser *optionParser
	set    *optionSet

	brokers, fetchSize, maxWait, topics, time, interval *option
}

func newReplicaVerificationOptions() *replicaVerificationOptions {
	p := newOptionParser()
	o := &replicaVerificationOptions{parser: p}
	o.brokers = p.accepts("broker-list", "REQUIRED: The list of hostname and port of the server to connect to.").withRequired("hostname:port,...,hostname:port")
	o.fetchSize = p.accepts("fetch-size", "The fetch size of each request.").withRequired("bytes").ofType("Integer").defaultsTo("1048576")
	o.maxWait = p.accepts("max-wait-ms", "The max amount of time each fetch request waits.").withRequired("ms").ofType("Integer").defaultsTo("1000")
	o.topics = p.accepts("topics-include", "List of topics to verify replica consistency.").withRequired("Java regex (String)").defaultsTo(".*")
	o.time = p.accepts("time", "Timestamp for getting the initial offsets.").withRequired("timestamp/-1(latest)/-2(earliest)").ofType("Long").defaultsTo("-1")
	o.interval = p.accepts("report-interval-ms", "The reporting interval.").withRequired("ms").ofType("Long").defaultsTo("30000")
	return o
}

// runReplicaVerification is kafka-replica-verification.
func runReplicaVerification(env *Env, args []string) int {
	env.log("WARN", "This tool is deprecated and may be removed in a future major release.", replicaVerificationLogger)
	o := newReplicaVerificationOptions()
	var err error
	if o.set, err = o.parser.parse(args); err == nil {
		err = o.parser.helpOrVersion(env, args, o.set, replicaVerificationAbout)
	}
	if err == nil {
		err = requireOptions(o.set, o.brokers)
	}
	if err == nil {
		err = o.verify(env)
	}
	var wrong *usageError
	var exit *exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &wrong), errors.As(err, &exit):
		return o.parser.stop(env, err)
	}
	return env.failCaused(err)
}

func (o *replicaVerificationOptions) verify(env *Env) error {
	servers, err := o.set.value(o.brokers)
	if err == nil {
		err = validateBootstrap(servers)
	}
	if err != nil {
		return err
	}
	v := &replicaVerifier{env: env, offsets: map[topicPartition]int64{}, replicas: map[int32][]topicPartition{}, ids: map[string][16]byte{}, lastReport: env.Now()}
	for opt, n := range map[*option]*int64{o.fetchSize: &v.fetchBytes, o.maxWait: &v.maxWaitMs, o.interval: &v.intervalMs} {
		if *n, err = o.set.number(opt); err != nil {
			return err
		}
	}
	if v.admin, err = newAdmin(env, clientProps{}, servers); err != nil {
		return err
	}
	defer v.admin.Close()
	if err := o.choose(v); err != nil {
		return err
	}
	env.outf("%s: verification process is started\n", v.clock(env.Now()))
	_ = env.flush()
	return v.run()
}

// choose finds the replicas to compare and where to begin.
func (o *replicaVerificationOptions) choose(v *replicaVerifier) error {
	pattern, err := o.set.value(o.topics)
	if err != nil {
		return err
	}
	filter, err := newTopicFilter(pattern)
	if err != nil {
		return err
	}
	resp, err := v.admin.metadata("listTopics", nil)
	if err != nil {
		return executionFailed(err)
	}
	var partitions []topicPartition
	for _, t := range resp.Topics {
		if t.Topic == nil || !filter.matches(*t.Topic) {
			continue
		}
		v.ids[*t.Topic] = t.TopicID
		for _, p := range t.Partitions {
			tp := topicPartition{*t.Topic, p.Partition}
			partitions = append(partitions, tp)
			for _, id := range p.Replicas {
				v.replicas[id] = append(v.replicas[id], tp)
			}
		}
	}
	if len(partitions) == 0 {
		v.env.log("ERROR", "No topics found. [topics-include] if specified, is either filtering out all topics or there is no topic.", replicaVerificationLogger)
		return &exitError{1}
	}
	timestamp, err := o.set.number(o.time)
	if err != nil {
		return err
	}
	listed, err := v.admin.listOffsets(partitions, timestamp)
	if err != nil {
		return err
	}
	for _, tp := range partitions {
		if err := listed[tp].err; err != nil {
			return err
		}
		v.offsets[tp] = listed[tp].offset
	}
	return nil
}

// replicaVerifier reads all replicas side by side. It asks followers as a
// consumer may (KIP-392), so it sees of each what lies below its high watermark.
type replicaVerifier struct {
	env                               *Env
	admin                             *admin
	fetchBytes, maxWaitMs, intervalMs int64
	ids                               map[string][16]byte
	replicas                          map[int32][]topicPartition // by broker
	offsets                           map[topicPartition]int64   // up to where all agree
	lastReport                        time.Time
}

func (v *replicaVerifier) clock(at time.Time) string { return at.Format("2006-01-02 15:04:05,000") }

func (v *replicaVerifier) run() error {
	signals, stop := v.env.Interrupts()
	defer stop()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for {
		fetched, err := v.fetchAll(ctx, signals)
		if err != nil {
			return err
		}
		if err := v.compare(fetched); err != nil {
			return err
		}
	}
}

// fetchAll asks every broker once; a signal ends the wait, and the tool.
func (v *replicaVerifier) fetchAll(ctx context.Context, signals <-chan os.Signal) (map[topicPartition][]fetchedReplica, error) {
	ctx, cancel := context.WithCancel(ctx)
	fetched := map[topicPartition][]fetchedReplica{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for id, partitions := range v.replicas {
		all.Add(1)
		go func() {
			defer all.Done()
			resp, err := v.admin.Broker(int(id)).RetriableRequest(ctx, v.request(partitions))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				v.collectNone(fetched, id, partitions, err)
			} else {
				v.collect(fetched, id, resp.(*kmsg.FetchResponse))
			}
		}()
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	defer func() { cancel(); <-done }()
	select {
	case s := <-signals:
		return nil, &exitError{signalExit(s)}
	case <-done:
		return fetched, nil
	}
}

func (v *replicaVerifier) request(partitions []topicPartition) kmsg.Request {
	req := kmsg.NewPtrFetchRequest()
	req.MaxWaitMillis, req.MinBytes, req.MaxBytes, req.SessionEpoch = int32(v.maxWaitMs), 1, 0x7fffffff, -1
	slices.SortFunc(partitions, comparePartitions)
	for _, tp := range partitions {
		if n := len(req.Topics); n == 0 || req.Topics[n-1].Topic != tp.topic {
			t := kmsg.NewFetchRequestTopic()
			t.Topic, t.TopicID = tp.topic, v.ids[tp.topic]
			req.Topics = append(req.Topics, t)
		}
		p := kmsg.NewFetchRequestTopicPartition()
		p.Partition, p.FetchOffset, p.PartitionMaxBytes = tp.partition, v.offsets[tp], int32(v.fetchBytes)
		t := &req.Topics[len(req.Topics)-1]
		t.Partitions = append(t.Partitions, p)
	}
	return req
}

func (v *replicaVerifier) collect(fetched map[topicPartition][]fetchedReplica, broker int32, resp *kmsg.FetchResponse) {
	for _, t := range resp.Topics {
		topic := t.Topic
		for name, id := range v.ids {
			if topic == "" && id == t.TopicID {
				topic = name
			}
		}
		for _, p := range t.Partitions {
			tp := topicPartition{topic, p.Partition}
			fetched[tp] = append(fetched[tp], fetchedReplica{broker, p.HighWatermark, brokerError(p.ErrorCode, nil), p.RecordBatches})
		}
	}
}

func (v *replicaVerifier) collectNone(fetched map[topicPartition][]fetchedReplica, broker int32, partitions []topicPartition, err error) {
	for _, tp := range partitions {
		fetched[tp] = append(fetched[tp], fetchedReplica{broker: broker, err: err})
	}
}

// compare moves each partition on as far as its replicas agree.
func (v *replicaVerifier) compare(fetched map[topicPartition][]fetchedReplica) error {
	worst, worstLag := topicPartition{}, int64(-1)
	for _, tp := range sortedPartitions(fetched) {
		replicas := fetched[tp]
		slices.SortFunc(replicas, func(a, b fetchedReplica) int { return cmp.Compare(a.broker, b.broker) })
		next, err := v.agree(tp, replicas, v.offsets[tp])
		if err != nil {
			return err
		}
		v.offsets[tp] = next
		highest := int64(-1)
		for _, r := range replicas {
			highest = max(highest, r.highWatermark)
		}
		if lag := highest - next; lag > worstLag {
			worst, worstLag = tp, lag
		}
	}
	now := v.env.Now()
	if now.Sub(v.lastReport).Milliseconds() > v.intervalMs {
		v.env.outf("%s: max lag is %d for partition %s at offset %d among %d partitions\n", v.clock(now), worstLag, worst, v.offsets[worst], len(v.offsets))
		_ = v.env.flush()
		v.lastReport = now
	}
	return nil
}

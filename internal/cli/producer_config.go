package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// producerConfig is what the console producer needs of Java's producer
// properties beyond the library's options.
type producerConfig struct {
	opts     []kgo.Opt
	maxBlock time.Duration
}

// newProducerConfig translates Java's producer properties.
func newProducerConfig(props clientProps) (*producerConfig, error) {
	acks, err := props.oneOf("acks", "all", "all", "-1", "0", "1")
	if err != nil {
		return nil, err
	}
	codec, err := producerCodec(props)
	if err != nil {
		return nil, err
	}
	n := numbers{props: props}
	linger := n.millis("linger.ms", 5)
	requestTimeout := n.millis("request.timeout.ms", 30_000)
	deliveryTimeout := n.millis("delivery.timeout.ms", 120_000)
	metadataAge := n.millis("metadata.max.age.ms", 300_000)
	c := &producerConfig{maxBlock: n.millis("max.block.ms", 60_000)}
	retries := n.int("retries", math.MaxInt32, 0)
	memory := n.number("buffer.memory", 32<<20)
	batchSize := n.int("batch.size", 16<<10, 0)
	maxRequest := n.int("max.request.size", 1<<20, 0)
	inFlight := n.int("max.in.flight.requests.per.connection", 5, 1)
	ignoreKeys := n.boolean("partitioner.ignore.keys", false)
	idempotent := n.boolean("enable.idempotence", true)
	if n.err != nil {
		return nil, n.err
	}
	c.opts = []kgo.Opt{
		kgo.ProducerBatchCompression(codec),
		kgo.ProducerLinger(linger),
		kgo.RecordRetries(int(retries)),
		kgo.RecordDeliveryTimeout(max(deliveryTimeout, time.Second)),
		// The library refuses less than 100 ms.
		kgo.ProduceRequestTimeout(max(requestTimeout, 100*time.Millisecond)),
		// Java's producer drops a connection that is silent for request.timeout.ms; a
		// broker that stands still would else hold a record for ten seconds and more.
		kgo.RequestTimeoutOverhead(max(requestTimeout, 100*time.Millisecond)),
		kgo.MetadataMaxAge(max(metadataAge, time.Second)),
		kgo.MaxBufferedBytes(int(memory)),
		// Java's batch.size only says when a batch is full; a larger record
		// still gets a batch of its own, up to max.request.size.
		// The library takes 512 B to 1 GiB; checkRecordSize takes any size.
		kgo.ProducerBatchMaxBytes(int32(min(max(maxRequest, 512), 1<<30))),
		kgo.BrokerMaxWriteBytes(int32(min(max(maxRequest, 100<<20), 1<<30))),
		kgo.RecordPartitioner(kgo.UniformBytesPartitioner(int(max(batchSize, 1)), true, !ignoreKeys, nil)),
		kgo.AllowAutoTopicCreation(),
	}
	switch acks {
	case "0":
		c.opts = append(c.opts, kgo.RequiredAcks(kgo.NoAck()))
		idempotent = false
	case "1":
		c.opts = append(c.opts, kgo.RequiredAcks(kgo.LeaderAck()))
		idempotent = false
	default:
		c.opts = append(c.opts, kgo.RequiredAcks(kgo.AllISRAcks()))
	}
	// Idempotent writes need retries, as in Java.
	if !idempotent || retries == 0 {
		c.opts = append(c.opts, kgo.DisableIdempotentWrite(), kgo.MaxProduceRequestsInflightPerBroker(int(max(inFlight, 1))))
	}
	return c, nil
}

func producerCodec(props clientProps) (kgo.CompressionCodec, error) {
	name, err := props.oneOf("compression.type", "none", "none", "gzip", "snappy", "lz4", "zstd")
	if err != nil {
		return kgo.NoCompression(), err
	}
	switch name {
	case "gzip":
		return kgo.GzipCompression(), nil
	case "snappy":
		return kgo.SnappyCompression(), nil
	case "lz4":
		return kgo.Lz4Compression(), nil
	case "zstd":
		return kgo.ZstdCompression(), nil
	}
	return kgo.NoCompression(), nil
}

// numbers reads many properties and keeps the first error.
type numbers struct {
	props clientProps
	err   error
}

func (n *numbers) number(key string, def int64) int64 {
	v, err := n.props.number(key, def)
	n.err = firstError(n.err, err)
	return v
}

// int reads a property that Java declares as an int of at least lowest.
func (n *numbers) int(key string, def, lowest int64) int64 {
	text, set := n.props[key]
	if !set {
		return def
	}
	v, err := strconv.ParseInt(strings.TrimSpace(text), 10, 32)
	switch {
	case err != nil:
		n.err = firstError(n.err, configError("Invalid value "+text+" for configuration "+key+": Not a number of type INT"))
	case v < lowest:
		n.err = firstError(n.err, configError(fmt.Sprintf("Invalid value %d for configuration %s: Value must be at least %d", v, key, lowest)))
	}
	return v
}

func (n *numbers) millis(key string, defMs int64) time.Duration {
	return time.Duration(min(n.number(key, defMs), math.MaxInt64/int64(time.Millisecond))) * time.Millisecond
}

func (n *numbers) boolean(key string, def bool) bool {
	v, err := n.props.boolean(key, def)
	n.err = firstError(n.err, err)
	return v
}

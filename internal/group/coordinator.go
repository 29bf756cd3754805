package group

import (
	"log/slog"
	"sync"

	"github.com/brolga-io/brolga/internal/metrics"
	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

// offsetsTopic is the topic whose partitions' leaders coordinate the groups.
const offsetsTopic = "__consumer_offsets"

// Topic is what the coordinator needs to know about a topic.
type Topic struct {
	Name       string
	ID         wire.UUID
	Partitions int32
}

// Topics answers from the newest metadata image. It is called from any goroutine.
type Topics interface {
	TopicByName(name string) (Topic, bool)
	TopicByID(id wire.UUID) (Topic, bool)
}

// Options says what a Coordinator is made of. Metrics and Log may be nil.
type Options struct {
	Runtime *shard.Runtime
	Config  Config
	Topics  Topics
	// Partitions returns the number of partitions of __consumer_offsets, or that
	// which it will get (offsets.topic.num.partitions) while it does not exist.
	Partitions func() int32
	// MaxMessageBytes returns the largest batch that __consumer_offsets takes (its
	// max.message.bytes).
	MaxMessageBytes func() int
	// NewUUID returns 16 random bytes.
	NewUUID func() wire.UUID
	// Alive is false while this broker may have been replaced without knowing it, as a
	// process that stood still; it then coordinates nothing. nil: always true.
	Alive   func() bool
	Metrics *metrics.Group
	Log     *slog.Logger
}

// Coordinator coordinates the groups whose partition of __consumer_offsets is led
// by this broker. Its request methods block until the answer is known, which for a
// join or a sync may take as long as the group's rebalance time-out.
type Coordinator struct {
	opts Options

	mu         sync.RWMutex
	partitions map[int32]*partition
	closed     bool
}

// partition is one partition of __consumer_offsets that this broker leads or led.
type partition struct {
	log     shard.Log
	shard   *shard.Shard
	machine *machine
	// leads and epoch are what the coordinator was last told; guarded by its mu.
	leads bool
	epoch int32
}

// New returns a Coordinator that leads nothing yet.
func New(o Options) *Coordinator {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = new(metrics.Group)
	}
	c := &Coordinator{opts: o, partitions: map[int32]*partition{}}
	o.Metrics.Counts.Set(c.Counts)
	return c
}

// PartitionFor returns the partition of __consumer_offsets whose leader
// coordinates the group.
func (c *Coordinator) PartitionFor(groupID string) int32 {
	return partitionOf(groupID, max(c.opts.Partitions(), 1))
}

// Elected says that this broker leads the partition of __consumer_offsets in that
// epoch, with that log. It returns at once; the groups are loaded meanwhile. It may
// be told again: an epoch that is not newer than the one led now is ignored.
func (c *Coordinator) Elected(number, epoch int32, log shard.Log) {
	c.mu.Lock()
	old := c.partitions[number]
	if c.closed || old != nil && old.leads && epoch <= old.epoch {
		c.mu.Unlock()
		return
	}
	p := old
	if p == nil || p.log != log {
		p = c.newPartition(number, log)
		c.partitions[number] = p
	}
	p.leads, p.epoch = true, epoch
	c.mu.Unlock()
	if old != nil && old != p {
		old.shard.Close()
	}
	p.shard.Lead(epoch)
}

func (c *Coordinator) newPartition(number int32, log shard.Log) *partition {
	m := newMachine(number, &c.opts)
	m.shard = shard.New(c.opts.Runtime, shard.Options{
		Log: log, Machine: m,
		LoadFailed: func(epoch int32, err error) {
			m.log.Error("cannot load the groups, they stay unavailable", "epoch", epoch, "err", err)
		},
	})
	return &partition{log: log, shard: m.shard, machine: m}
}

// Resigned says that this broker no longer leads the partition. Requests that wait
// are answered NOT_COORDINATOR. It returns at once.
func (c *Coordinator) Resigned(number int32) {
	c.mu.Lock()
	p := c.partitions[number]
	if p != nil {
		p.leads = false
	}
	c.mu.Unlock()
	if p != nil {
		p.shard.Resign()
	}
}

// Close answers everything that waits and returns when nothing runs any more.
func (c *Coordinator) Close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	for _, p := range c.all() {
		p.shard.Close()
	}
}

// lookup returns the partition that a group belongs to, or why there is none.
func (c *Coordinator) lookup(groupID string) (*partition, wire.ErrorCode) {
	number := c.PartitionFor(groupID)
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.closed {
		return nil, wire.CoordinatorNotAvailable
	}
	if c.opts.Alive != nil && !c.opts.Alive() {
		return nil, wire.NotCoordinator
	}
	if p := c.partitions[number]; p != nil {
		return p, wire.None
	}
	return nil, wire.NotCoordinator
}

// all returns every partition that this broker leads or led.
func (c *Coordinator) all() []*partition {
	c.mu.RLock()
	defer c.mu.RUnlock()
	all := make([]*partition, 0, len(c.partitions))
	for _, p := range c.partitions {
		all = append(all, p)
	}
	return all
}

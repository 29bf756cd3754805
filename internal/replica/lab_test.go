package replica

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/metrics"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

// lab is a cluster of replica sets in one process, over files and connections in
// memory, with a controller that decides like Kafka's. It is for synctest bubbles.
type lab struct {
	t       testing.TB
	unclean bool // unclean.leader.election.enable
	fsync   bool // log.durability=fsync

	mu      sync.Mutex
	image   *metadata.Image
	brokers map[int32]*labBroker
	epoch   int64             // the last broker epoch given
	cut     map[[2]int32]bool // connections that do not work, by from and to
	refuse  func(req *wire.AlterPartitionRequest) error
	lost    func(resp *wire.AlterPartitionResponse) error
	fetched func(resp *wire.FetchResponse) // sees every answer before the follower
}

// labBroker is one broker; a restart makes a new set over what its files kept.
type labBroker struct {
	lab     *lab
	id      int32
	set     *Set
	logs    *labLogs
	epoch   int64
	metrics metrics.Replica
	alive   bool // the process runs
	frozen  bool // it hears nothing new
	cfg     ReplicationConfig
	starts  map[commitlog.TopicPartition]int64
	flushed int64 // see labLogs

	applyMu sync.Mutex
	applied *metadata.Image
}

// labLogs keeps the logs of one broker.
type labLogs struct {
	env        *commitlog.Env
	mem        *vfs.Mem
	watermarks map[commitlog.TopicPartition]int64
	starts     map[commitlog.TopicPartition]int64 // log start offsets of the process before
	flushed    int64                              // recovery point of every log; 0 for unknown

	syncs sync.WaitGroup

	mu    sync.Mutex
	open  map[commitlog.TopicPartition]*commitlog.Log
	saved map[commitlog.TopicPartition]int64 // log start offsets that outlive a kill
}

func (l *labLogs) Salvage(tp commitlog.TopicPartition) (*commitlog.Log, commitlog.Recovery, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	cfg := commitlog.DefaultConfig()
	log, err := commitlog.Open("/"+tp.String(), commitlog.Options{Env: l.env, Config: &cfg,
		RecoveryPoint: l.flushed, LogStartOffset: commitlog.Unknown, Salvage: true})
	if err != nil {
		return nil, commitlog.Recovery{}, err
	}
	l.open[tp] = log
	return log, log.Recovered(), nil
}

func (l *labLogs) Create(tp commitlog.TopicPartition, _ [16]byte, _ logdir.Home, cfg *commitlog.Config) (*commitlog.Log, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if log := l.open[tp]; log != nil {
		return log, nil
	}
	dir := "/" + tp.String()
	if err := l.mem.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	point := int64(commitlog.Unknown)
	if l.flushed > 0 {
		point = l.flushed
	}
	log, err := commitlog.Open(dir, commitlog.Options{Env: l.env, Config: cfg, RecoveryPoint: point, LogStartOffset: l.starts[tp]})
	if err == nil {
		l.open[tp] = log
	}
	return log, err
}

func (l *labLogs) Delete(tp commitlog.TopicPartition, _ [16]byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if log := l.open[tp]; log != nil {
		log.Close(false)
		delete(l.open, tp)
	}
	return l.mem.RemoveAll("/" + tp.String())
}

func (l *labLogs) HighWatermark(tp commitlog.TopicPartition) (int64, bool) {
	hw, ok := l.watermarks[tp]
	return hw, ok
}

// SyncSoon implements Flusher with a disk that takes diskTime for each sync.
func (l *labLogs) SyncSoon(log *commitlog.Log, to logdir.Waiter) {
	l.syncs.Go(func() {
		time.Sleep(diskTime)
		to.Synced(log.Sync())
	})
}

const diskTime = 5 * time.Millisecond

func (l *labLogs) Report(*commitlog.Log, error) {}

func (l *labLogs) SaveStarts(logs []*commitlog.Log) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for tp, log := range l.open {
		if slices.Contains(logs, log) {
			l.saved[tp] = log.StartOffset()
		}
	}
	return nil
}

func newLab(t testing.TB, fsync bool, ids ...int32) *lab {
	l := &lab{t: t, fsync: fsync, image: metadata.Empty(), brokers: map[int32]*labBroker{}, cut: map[[2]int32]bool{}}
	for _, id := range ids {
		b := &labBroker{lab: l, id: id, applied: metadata.Empty()}
		l.brokers[id] = b
		b.start(vfs.NewMem(), nil)
	}
	t.Cleanup(l.close)
	return l
}

func (l *lab) close() {
	for _, b := range l.brokers {
		if b.alive {
			b.set.Close()
			b.logs.syncs.Wait()
		}
	}
}

// start runs the process of a broker and registers it.
func (b *labBroker) start(mem *vfs.Mem, watermarks map[commitlog.TopicPartition]int64) {
	b.logs = &labLogs{mem: mem, flushed: b.flushed, watermarks: watermarks, starts: b.starts, open: map[commitlog.TopicPartition]*commitlog.Log{},
		saved: maps.Clone(b.starts),
		env:   &commitlog.Env{FS: mem, Now: func() int64 { return testNowMs }, FDs: commitlog.NewFDCache(64)}}
	if b.logs.saved == nil {
		b.logs.saved = map[commitlog.TopicPartition]int64{}
	}
	l := b.lab
	unset := func(string) (string, bool) { return "", false }
	session := int32(0)
	var flusher Flusher
	if l.fsync {
		flusher = b.logs
	}
	set := NewSet(Options{
		BrokerID: b.id, Logs: b.logs, Flusher: flusher,
		Settings: func(img *metadata.Image, topic string) config.TopicSettings {
			return config.ResolveTopic(img.Config(2, topic), unset)
		},
		RandomInt32: func() int32 { session++; return session }, MaxSessions: 10,
		Connect: func(id int32) Leader { return &labConn{lab: l, from: b.id, to: id, stop: make(chan struct{})} },
		AlterPartition: func(req *wire.AlterPartitionRequest) (*wire.AlterPartitionResponse, error) {
			return l.alterPartition(b, req)
		},
		BrokerEpoch: func() int64 { l.mu.Lock(); defer l.mu.Unlock(); return b.epoch },
		Alive:       func() bool { l.mu.Lock(); defer l.mu.Unlock(); return !b.frozen },
		Replication: b.cfg, ReplicaMetrics: &b.metrics,
	})
	l.mu.Lock()
	l.epoch++
	b.set, b.epoch, b.alive, b.frozen, b.applied = set, l.epoch, true, false, metadata.Empty()
	l.mu.Unlock()
	reg := &wire.RegisterBrokerRecord{}
	reg.SetDefaults()
	reg.BrokerId, reg.BrokerEpoch, reg.IncarnationId = b.id, b.epoch, id(fmt.Sprint("incarnation ", b.epoch))
	rack := fmt.Sprint("rack ", b.id)
	reg.Rack = &rack
	reg.Fenced = false
	l.apply(reg)
}

// apply commits records and lets every broker that can hear of them.
func (l *lab) apply(recs ...wire.Record) {
	l.t.Helper()
	l.mu.Lock()
	img, _, err := l.image.Apply(recs, l.image.EndOffset()+int64(len(recs)), 1)
	if err != nil {
		l.mu.Unlock()
		l.t.Fatal(err)
	}
	l.image = img
	var hear []*labBroker
	for _, b := range l.brokers {
		if b.alive && !b.frozen {
			hear = append(hear, b)
		}
	}
	l.mu.Unlock()
	slices.SortFunc(hear, func(a, b *labBroker) int { return int(a.id - b.id) })
	for _, b := range hear {
		b.catchUp()
	}
}

// catchUp applies the newest metadata to a broker.
func (b *labBroker) catchUp() {
	b.applyMu.Lock()
	defer b.applyMu.Unlock()
	b.lab.mu.Lock()
	img := b.lab.image
	b.lab.mu.Unlock()
	if img == b.applied {
		return
	}
	b.set.Apply(img, metadata.Diff(b.applied, img))
	b.applied = img
}

// disconnect makes the requests of one broker to another fail; reconnect ends that
// for all.
func (l *lab) disconnect(from, to int32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut[[2]int32{from, to}] = true
}

func (l *lab) reconnect() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.cut)
}

// freeze keeps a broker from hearing anything of the controller; thaw ends that.
func (l *lab) freeze(broker int32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.brokers[broker].frozen = true
}

func (l *lab) thaw(broker int32) {
	l.mu.Lock()
	l.brokers[broker].frozen = false
	l.mu.Unlock()
	l.brokers[broker].catchUp()
}

// onAlter has fn look at every AlterPartition first, under the lab's mutex; its error
// is all that the broker hears.
func (l *lab) onAlter(fn func(*wire.AlterPartitionRequest) error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refuse = fn
}

// alterPartition is the controller's side of ISR changes.
func (l *lab) alterPartition(from *labBroker, req *wire.AlterPartitionRequest) (*wire.AlterPartitionResponse, error) {
	l.mu.Lock()
	if from.frozen || !from.alive {
		l.mu.Unlock()
		return nil, errors.New("no connection to the controller")
	}
	if l.refuse != nil {
		if err := l.refuse(req); err != nil {
			l.mu.Unlock()
			return nil, err
		}
	}
	lost := l.lost
	resp := &wire.AlterPartitionResponse{}
	var recs []wire.Record
	if b := l.image.Broker(req.BrokerId); b == nil || b.Fenced || b.Epoch != req.BrokerEpoch {
		resp.ErrorCode = wire.StaleBrokerEpoch
		req = &wire.AlterPartitionRequest{}
	}
	for _, t := range req.Topics {
		to := wire.AlterPartitionResponseTopicData{TopicId: t.TopicId}
		for _, d := range t.Partitions {
			code, rec := l.decide(t.TopicId, &d)
			if rec != nil {
				recs = append(recs, rec)
			}
			to.Partitions = append(to.Partitions, wire.AlterPartitionResponsePartitionData{PartitionIndex: d.PartitionIndex, ErrorCode: code})
		}
		resp.Topics = append(resp.Topics, to)
	}
	l.mu.Unlock()
	if len(recs) > 0 {
		l.apply(recs...)
	}
	if lost != nil {
		if err := lost(resp); err != nil {
			return nil, err
		}
	}
	return resp, nil
}

func (l *lab) decide(topic wire.UUID, d *wire.AlterPartitionRequestPartitionData) (wire.ErrorCode, wire.Record) {
	p := l.image.TopicByID(topic).Partition(d.PartitionIndex)
	switch {
	case d.LeaderEpoch != p.LeaderEpoch:
		return wire.FencedLeaderEpoch, nil
	case d.PartitionEpoch != p.PartitionEpoch:
		return wire.InvalidUpdateVersion, nil
	}
	r := &wire.PartitionChangeRecord{}
	r.SetDefaults()
	r.TopicId, r.PartitionId, r.LeaderRecoveryState = topic, d.PartitionIndex, d.LeaderRecoveryState
	for _, s := range d.NewIsrWithEpochs {
		b := l.image.Broker(s.BrokerId)
		if b == nil || b.Fenced || s.BrokerEpoch != -1 && s.BrokerEpoch != b.Epoch {
			return wire.IneligibleReplica, nil
		}
		r.Isr = append(r.Isr, s.BrokerId)
	}
	return wire.None, r
}

// topic creates a topic of one partition, led by the first replica.
func (l *lab) topic(name string, replicas ...int32) {
	p := &wire.PartitionRecord{}
	p.SetDefaults()
	p.TopicId, p.PartitionId, p.Replicas, p.Isr = id(name), 0, replicas, replicas
	p.Leader, p.LeaderEpoch, p.PartitionEpoch = replicas[0], 0, 0
	l.apply(&wire.TopicRecord{Name: name, TopicId: id(name)}, p)
}

func (l *lab) state(topic string) *metadata.Partition {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.image.TopicByName(topic).Partition(0)
}

// change changes the leader (keepLeader for none) and, unless it is nil, the ISR.
func (l *lab) change(topic string, leader int32, isr ...int32) {
	r := &wire.PartitionChangeRecord{}
	r.SetDefaults()
	r.TopicId, r.PartitionId, r.Leader, r.Isr = id(topic), 0, leader, isr
	l.apply(r)
}

// fence takes a broker out of the metadata: it leaves ISRs it is not alone in, and
// others are elected.
func (l *lab) fence(broker int32) {
	f := &wire.BrokerRegistrationChangeRecord{}
	f.SetDefaults()
	l.mu.Lock()
	f.BrokerId, f.BrokerEpoch, f.Fenced = broker, l.brokers[broker].epoch, 1
	img := l.image
	l.mu.Unlock()
	recs := []wire.Record{f}
	for t := range img.Topics() {
		p := t.Partition(0)
		if r := l.without(t.ID, p, broker); r != nil {
			recs = append(recs, r)
		}
	}
	l.apply(recs...)
}

// without is the change of a partition that a broker has left.
func (l *lab) without(topic wire.UUID, p *metadata.Partition, broker int32) wire.Record {
	r := &wire.PartitionChangeRecord{}
	r.SetDefaults()
	r.TopicId, r.PartitionId = topic, 0
	rest := slices.DeleteFunc(slices.Clone(p.ISR), func(id int32) bool { return id == broker })
	if len(rest) > 0 && len(rest) < len(p.ISR) {
		r.Isr = rest
	}
	if p.Leader == broker {
		r.Leader = metadata.NoLeader
		for _, id := range p.Replicas {
			if id != broker && l.ready(id) && slices.Contains(rest, id) {
				r.Leader = id
				break
			}
		}
		if r.Leader == metadata.NoLeader && l.unclean {
			for _, id := range p.Replicas {
				if id != broker && l.ready(id) {
					r.Leader, r.Isr, r.LeaderRecoveryState = id, []int32{id}, metadata.Recovering
					break
				}
			}
		}
	}
	if r.Isr == nil && r.Leader == metadata.NoLeaderChange {
		return nil
	}
	return r
}

func (l *lab) ready(id int32) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.image.Broker(id)
	return l.brokers[id].alive && b != nil && !b.Fenced
}

// electIfNone gives partitions without a leader one of their ISR that is back.
func (l *lab) electIfNone() {
	l.mu.Lock()
	img := l.image
	l.mu.Unlock()
	for t := range img.Topics() {
		p := t.Partition(0)
		if p.Leader != metadata.NoLeader {
			continue
		}
		for _, id := range p.ISR {
			if l.ready(id) {
				l.change(t.Name, id)
				break
			}
		}
	}
}

// kill ends a broker's process without any goodbye and fences it.
func (l *lab) kill(broker int32) {
	b := l.brokers[broker]
	l.mu.Lock()
	b.alive = false
	l.mu.Unlock()
	b.set.Close()
	b.logs.syncs.Wait()
	b.starts = b.logs.saved
	l.fence(broker)
}

// restart starts a killed broker over its files; power says that the machine lost
// what was not synced.
func (l *lab) restart(broker int32, power bool) {
	b := l.brokers[broker]
	marks := map[commitlog.TopicPartition]int64{}
	b.set.All(func(p *Partition) {
		if hw := p.watermark.Load(); hw != unknownOffset {
			marks[p.id()] = hw
		}
	})
	mem := b.logs.mem
	if power {
		mem = mem.CrashClone(vfs.CrashOptions{})
	}
	b.start(mem, marks)
	l.electIfNone()
}

func (l *lab) part(broker int32, topic string) *Partition {
	l.t.Helper()
	l.mu.Lock()
	img := l.image
	l.mu.Unlock()
	p, err := l.brokers[broker].set.Find(img, topic, 0)
	if err != nil {
		l.t.Fatalf("%s on %d: %v", topic, broker, err)
	}
	return p
}

// produce appends one batch at a broker and waits for acks=all, at most for a while.
func (l *lab) produce(broker int32, topic string, values ...string) (Staged, error) {
	p := l.part(broker, topic)
	var s Staged
	if err := p.Stage(someBatch(values...), StageOptions{NowMs: testNowMs, AllAcks: true}, &s); err != nil {
		return s, err
	}
	if err := p.Commit(); err != nil {
		return s, err
	}
	done := make(chan int16, 1)
	p.Await(s.Required(), s.Epoch, completeFunc(func(code int16) { done <- code }), 1, testNowMs, testNowMs+10_000)
	select {
	case code := <-done:
		if code != 0 {
			return s, wire.ErrorCode(code)
		}
		return s, nil
	case <-time.After(10 * time.Second):
		return s, wire.RequestTimedOut
	}
}

type completeFunc func(code int16)

func (f completeFunc) Complete(_ uint64, code int16) { f(code) }

// mustProduce produces and expects it to be acknowledged.
func (l *lab) mustProduce(broker int32, topic string, values ...string) Staged {
	l.t.Helper()
	s, err := l.produce(broker, topic, values...)
	if err != nil {
		l.t.Fatalf("produce %v at %d: %v", values, broker, err)
	}
	return s
}

// stageOnly appends without waiting for anybody (acks=1).
func (l *lab) stageOnly(broker int32, topic string, values ...string) {
	l.t.Helper()
	p := l.part(broker, topic)
	var s Staged
	if err := p.Stage(someBatch(values...), StageOptions{NowMs: testNowMs}, &s); err != nil {
		l.t.Fatal(err)
	}
	if err := p.Commit(); err != nil {
		l.t.Fatal(err)
	}
}

// values are all record values in a broker's log.
func (l *lab) values(broker int32, topic string) (all []string) {
	l.t.Helper()
	log := l.part(broker, topic).log
	for next := log.StartOffset(); next < log.EndOffset(); {
		slice, err := log.Read(next, 1<<20, log.EndOffset(), true)
		if err != nil {
			l.t.Fatal(err)
		}
		b, err := slice.Bytes()
		if err != nil {
			l.t.Fatal(err)
		}
		next = slice.NextOffset
		slice.Release()
		all = append(all, valuesOf(l.t, b)...)
	}
	return all
}

// settled waits until every replica of a topic has the same log and is in the ISR.
func (l *lab) settled(topic string) {
	l.t.Helper()
	time.Sleep(60 * time.Second) // of the bubble
	p := l.state(topic)
	if len(p.ISR) != len(p.Replicas) {
		l.t.Errorf("the ISR of %s is %v of %v", topic, p.ISR, p.Replicas)
	}
	want := l.values(p.Leader, topic)
	hw := l.part(p.Leader, topic).HighWatermark()
	for _, id := range p.Replicas {
		if got := l.values(id, topic); !slices.Equal(got, want) {
			l.t.Errorf("%d has %v, the leader %v", id, got, want)
		}
		if got := l.part(id, topic).HighWatermark(); got != hw {
			l.t.Errorf("the watermark of %d is %d, the leader's %d", id, got, hw)
		}
	}
}

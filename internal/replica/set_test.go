package replica

import (
	"errors"
	"sync"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

// testLogs keeps logs in memory and notes what is asked of it.
type testLogs struct {
	env        *commitlog.Env
	broken     map[string]bool // topics whose logs cannot be opened
	watermarks map[commitlog.TopicPartition]int64

	mu      sync.Mutex
	deleted []string
	reports []error
	unsaved error // of SaveStarts
}

func (l *testLogs) Salvage(commitlog.TopicPartition) (*commitlog.Log, commitlog.Recovery, error) {
	return nil, commitlog.Recovery{}, errors.New("there is nothing left")
}

func (l *testLogs) Create(tp commitlog.TopicPartition, id [16]byte, _ logdir.Home, cfg *commitlog.Config) (*commitlog.Log, error) {
	if l.broken[tp.Topic] {
		return nil, errors.New("no disk")
	}
	dir := "/" + wire.UUID(id).String() + "-" + tp.String()
	if err := l.env.FS.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	return commitlog.Open(dir, commitlog.Options{Env: l.env, Config: cfg, RecoveryPoint: commitlog.Unknown, LogStartOffset: commitlog.Unknown})
}

func (l *testLogs) Delete(tp commitlog.TopicPartition, _ [16]byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.deleted = append(l.deleted, tp.String())
	return nil
}

func (l *testLogs) HighWatermark(tp commitlog.TopicPartition) (int64, bool) {
	hw, ok := l.watermarks[tp]
	return hw, ok
}

func (l *testLogs) Report(_ *commitlog.Log, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reports = append(l.reports, err)
}

func (l *testLogs) SaveStarts([]*commitlog.Log) error { return l.unsaved }

// world is a set of broker 1 with metadata made by hand.
type world struct {
	t     testing.TB
	set   *Set
	logs  *testLogs
	image *metadata.Image
}

const testNowMs = 1_000_000

func newWorld(t testing.TB) *world {
	w := &world{t: t, image: metadata.Empty()}
	w.logs = &testLogs{
		env:    &commitlog.Env{FS: vfs.NewMem(), Now: func() int64 { return testNowMs }, FDs: commitlog.NewFDCache(64)},
		broken: map[string]bool{}, watermarks: map[commitlog.TopicPartition]int64{},
	}
	w.restart()
	return w
}

// restart forgets everything but the logs, and applies the image anew.
func (w *world) restart() {
	unset := func(string) (string, bool) { return "", false }
	session := int32(0)
	w.set = NewSet(Options{
		BrokerID: 1, Logs: w.logs,
		Settings: func(img *metadata.Image, topic string) config.TopicSettings {
			return config.ResolveTopic(img.Config(2, topic), unset)
		},
		RandomInt32: func() int32 { session++; return session },
		MaxSessions: 3,
	})
	w.set.Apply(w.image, &metadata.Delta{From: metadata.Empty(), To: w.image, CreatedTopics: collectTopics(w.image)})
}

func collectTopics(img *metadata.Image) (all []*metadata.Topic) {
	for t := range img.Topics() {
		all = append(all, t)
	}
	return all
}

func (w *world) apply(recs ...wire.Record) {
	w.t.Helper()
	img, delta, err := w.image.Apply(recs, w.image.EndOffset()+int64(len(recs)), 1)
	if err != nil {
		w.t.Fatal(err)
	}
	w.image = img
	w.set.Apply(img, delta)
}

func id(name string) (u wire.UUID) {
	copy(u[:], name)
	u[15] = 1
	return u
}

// topic creates a topic with one partition, led by broker 1.
func (w *world) topic(name string, replicas ...int32) *Partition {
	w.t.Helper()
	p := &wire.PartitionRecord{}
	p.SetDefaults()
	p.TopicId, p.PartitionId, p.Leader, p.LeaderEpoch, p.PartitionEpoch = id(name), 0, 1, 0, 0
	p.Replicas, p.Isr = replicas, replicas
	w.apply(&wire.TopicRecord{Name: name, TopicId: id(name)}, p)
	return w.partition(name)
}

func (w *world) partition(name string) *Partition {
	w.t.Helper()
	p, err := w.set.Find(w.image, name, 0)
	if err != nil {
		w.t.Fatalf("partition of %s: %v", name, err)
	}
	return p
}

// change changes partition 0 of a topic; leader -2 keeps it.
func (w *world) change(name string, leader int32, isr ...int32) {
	w.t.Helper()
	r := &wire.PartitionChangeRecord{}
	r.SetDefaults()
	r.TopicId, r.PartitionId, r.Leader, r.Isr = id(name), 0, leader, isr
	w.apply(r)
}

func (w *world) config(topic, key, value string) {
	w.t.Helper()
	w.apply(&wire.ConfigRecord{ResourceType: 2, ResourceName: topic, Name: key, Value: &value})
}

const keepLeader = -2

func someBatch(values ...string) []byte {
	b := batch.NewBuilder(batch.NoProducer())
	for _, v := range values {
		b.Append(testNowMs, []byte("k"), []byte(v))
	}
	return b.Build(nil)
}

// append stages and commits one batch.
func (w *world) append(p *Partition, values ...string) Staged {
	w.t.Helper()
	var s Staged
	if err := p.Stage(someBatch(values...), StageOptions{NowMs: testNowMs}, &s); err != nil {
		w.t.Fatal(err)
	}
	if err := p.Commit(); err != nil {
		w.t.Fatal(err)
	}
	return s
}

func TestPartitionsComeAndGo(t *testing.T) {
	w := newWorld(t)
	p := w.topic("t", 1)
	w.append(p, "a")
	if _, err := w.set.Find(w.image, "nope", 0); err != ErrUnknownPartition {
		t.Errorf("unknown topic: %v", err)
	}
	if _, err := w.set.FindByID(w.image, id("nope"), 0); err != ErrUnknownTopicID {
		t.Errorf("unknown id: %v", err)
	}
	if _, err := w.set.FindByID(w.image, id("t"), 3); err != ErrUnknownPartition {
		t.Errorf("unknown partition: %v", err)
	}
	// Another replica takes over, then this one leaves.
	r := &wire.PartitionChangeRecord{}
	r.SetDefaults()
	r.TopicId, r.PartitionId, r.Replicas, r.Isr, r.Leader = id("t"), 0, []int32{2}, []int32{2}, 2
	w.apply(r)
	if _, err := w.set.Find(w.image, "t", 0); err != ErrNotLeader {
		t.Errorf("after it moved away: %v", err)
	}
	if err := p.Stage(someBatch("b"), StageOptions{}, &Staged{}); err != ErrUnknownPartition {
		t.Errorf("append to the replica that left: %v", err)
	}
	if len(w.logs.deleted) != 1 || w.logs.deleted[0] != "t-0" {
		t.Errorf("deleted %v", w.logs.deleted)
	}
	w.topic("u", 1)
	w.apply(&wire.RemoveTopicRecord{TopicId: id("u")})
	if _, err := w.set.Find(w.image, "u", 0); err != ErrUnknownPartition {
		t.Errorf("deleted topic: %v", err)
	}
	if w.set.TopicByName([]byte("u")) != nil || w.set.TopicByID(id("u")) != nil {
		t.Error("a deleted topic is found")
	}
}

func TestLogThatCannotBeOpened(t *testing.T) {
	w := newWorld(t)
	w.logs.broken["t"] = true
	p := w.topic("t", 1)
	if err := p.Stage(someBatch("a"), StageOptions{}, &Staged{}); !errors.Is(err, ErrStorage) {
		t.Errorf("append: %v", err)
	}
	if _, err := p.OffsetFor(OffsetQuery{Timestamp: LatestTimestamp, LeaderEpoch: -1}); !errors.Is(err, ErrStorage) {
		t.Errorf("offsets: %v", err)
	}
	w.change("t", keepLeader, 1) // does not disturb
	w.config("t", "segment.bytes", "2000000")
}

func TestSettingsReachTheLogs(t *testing.T) {
	w := newWorld(t)
	a, b := w.topic("a", 1), w.topic("b", 1)
	if a.Log().Config() != b.Log().Config() {
		t.Error("topics without settings of their own do not share one value")
	}
	w.config("a", "max.message.bytes", "100")
	if got := a.Log().Config().MaxMessageBytes; got != 100 {
		t.Errorf("max.message.bytes of a is %d", got)
	}
	if got := b.Log().Config().MaxMessageBytes; got == 100 {
		t.Error("b got the settings of a")
	}
	w.apply(&wire.ConfigRecord{ResourceType: 2, ResourceName: "a", Name: "max.message.bytes"}) // unset
	if got := a.Log().Config().MaxMessageBytes; got != b.Log().Config().MaxMessageBytes {
		t.Errorf("max.message.bytes of a is still %d", got)
	}
	value := "1"
	w.apply(&wire.ConfigRecord{ResourceType: 4, ResourceName: "1", Name: "min.insync.replicas", Value: &value})
	if a.Log().Config() != b.Log().Config() {
		t.Error("after a change of the defaults topics do not share one value")
	}
}

func TestRoleFollowsTheMetadata(t *testing.T) {
	w := newWorld(t)
	p := w.topic("t", 1, 2)
	w.append(p, "a", "b")
	if epoch, ok := p.Leads(); epoch != 0 || !ok {
		t.Errorf("leads %v in epoch %d", ok, epoch)
	}
	w.change("t", 2, 1, 2)
	if _, ok := p.Leads(); ok {
		t.Error("leads after the leadership moved")
	}
	if err := p.Stage(someBatch("c"), StageOptions{}, &Staged{}); err != ErrNotLeader {
		t.Errorf("append as a follower: %v", err)
	}
	w.change("t", 1, 1, 2)
	if epoch, ok := p.Leads(); epoch != 2 || !ok {
		t.Errorf("leads %v in epoch %d, want 2", ok, epoch)
	}
	for client, want := range map[int32]error{-1: nil, 2: nil, 1: ErrFencedEpoch, 3: ErrUnknownEpoch} {
		if _, err := p.leaderFor(client); err != want && !(err == nil && want == nil) {
			t.Errorf("client epoch %d: %v, want %v", client, err, want)
		}
	}
	// The log refuses a leader that has not heard yet.
	if _, err := p.log.Stage(1, someBatch("late"), commitlog.AppendCheck{Origin: commitlog.Client}); !errors.Is(err, ErrStaleEpoch) {
		t.Errorf("append of an old epoch: %v", err)
	}
}

func TestDeleteRecords(t *testing.T) {
	w := newWorld(t)
	p := w.topic("t", 1)
	w.append(p, "a", "b", "c")
	for _, tc := range []struct {
		before, start int64
		err           error
	}{{2, 2, nil}, {1, 2, nil}, {4, -1, ErrOffsetOutOfRange}, {-2, -1, ErrOffsetOutOfRange}, {ToHighWatermark, 3, nil}} {
		start, err := p.DeleteRecords(tc.before)
		if start != tc.start || !errors.Is(err, tc.err) {
			t.Errorf("before %d: start %d, err %v; want %d, %v", tc.before, start, err, tc.start, tc.err)
		}
	}
	w.change("t", 2, 1)
	if _, err := p.DeleteRecords(3); err != ErrNotLeader {
		t.Errorf("as a follower: %v", err)
	}
}

package replica

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

// consumed is the answer to a consumer.
type consumed struct {
	err       error
	values    []string
	watermark int64
	preferred int32
}

// consume fetches from one broker as a consumer does.
func (l *lab) consume(broker int32, topic string, version int16, rack string, epoch int32, offset int64, wait time.Duration) (c consumed) {
	l.t.Helper()
	set := l.brokers[broker].set
	req := &wire.FetchRequest{}
	req.SetDefaults()
	req.ReplicaState.ReplicaId = noReplica
	req.MinBytes, req.MaxBytes, req.MaxWaitMs, req.RackId = 1, 1<<20, int32(wait.Milliseconds()), rack
	p := wire.FetchRequestFetchPartition{}
	p.SetDefaults()
	p.FetchOffset, p.PartitionMaxBytes, p.CurrentLeaderEpoch = offset, 1<<20, epoch
	req.Topics = []wire.FetchRequestFetchTopic{{Topic: topic, TopicId: id(topic), Partitions: []wire.FetchRequestFetchPartition{p}}}
	f, err := set.BeginFetch(set.image.Load(), version, req, testNowMs)
	if err != nil {
		l.t.Fatal(err)
	}
	f.Run(nil)
	defer f.Finish(testNowMs)
	r := &f.Results[0]
	c = consumed{err: r.Err, watermark: r.HighWatermark, preferred: r.Preferred}
	if r.Bytes > 0 {
		b, err := r.Records.Bytes()
		if err != nil {
			l.t.Fatal(err)
		}
		c.values = valuesOf(l.t, b)
	}
	return c
}

func TestConsumersReadFromFollowers(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2)
		l.mustProduce(1, "t", "a", "b")
		time.Sleep(20 * time.Millisecond)
		if c := l.consume(2, "t", 13, "", -1, 0, 0); c.err != nil || len(c.values) != 2 {
			t.Errorf("at the follower: %+v", c)
		}
		if c := l.consume(2, "t", 10, "", -1, 0, 0); c.err != ErrNotLeader {
			t.Errorf("before KIP-392: %+v", c)
		}
		for epoch, want := range map[int32]error{0: nil, 1: ErrUnknownEpoch} {
			if c := l.consume(2, "t", 12, "", epoch, 0, 0); c.err != want {
				t.Errorf("epoch %d: %v", epoch, c.err)
			}
		}
		// What the leader has not committed is not given away, and who waits for it
		// at the follower is told when it is.
		l.disconnect(2, 1)
		time.Sleep(time.Second)
		l.stageOnly(1, "t", "c")
		if c := l.consume(1, "t", 12, "", -1, 2, 0); c.err != nil || c.values != nil {
			t.Errorf("beyond the watermark: %+v", c)
		}
		if c := l.consume(1, "t", 12, "", -1, 4, 0); c.err != ErrOffsetOutOfRange {
			t.Errorf("beyond the log end: %+v", c)
		}
		l.reconnect()
		begin := time.Now()
		if c := l.consume(2, "t", 12, "", -1, 2, time.Minute); len(c.values) != 1 {
			t.Errorf("waiting at the follower: %+v", c)
		}
		if d := time.Since(begin); d > 2*time.Second {
			t.Errorf("waited for %v", d)
		}
	}, 1, 2)
}

func TestClosestReplica(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		for _, b := range l.brokers {
			l.mu.Lock()
			b.set.o.Replication.RackAware = true // before anything is replicated
			l.mu.Unlock()
		}
		l.topic("t", 1, 2, 3)
		l.mustProduce(1, "t", "a")
		if hw := l.part(2, "t").HighWatermark(); hw != 1 {
			synctest.Wait()
			if hw = l.part(2, "t").HighWatermark(); hw != 1 {
				t.Errorf("with closest replicas the watermark is told at once, but is %d", hw)
			}
		}
		for rack, want := range map[string]int32{"rack 1": noReplica, "rack 2": 2, "rack 3": 3, "rack 9": noReplica, "": noReplica} {
			c := l.consume(1, "t", 12, rack, -1, 0, time.Minute)
			if c.preferred != want || c.err != nil || (len(c.values) == 0) != (want != noReplica) || c.watermark != 1 {
				t.Errorf("%q: %+v, want %d", rack, c, want)
			}
		}
		if c := l.consume(2, "t", 12, "rack 3", -1, 0, 0); c.preferred != noReplica || len(c.values) != 1 {
			t.Errorf("a follower sends nobody away: %+v", c)
		}
		l.onAlter(func(*wire.AlterPartitionRequest) error { return errNoConnection }) // or it joins again
		l.change("t", keepLeader, 1, 2)
		if c := l.consume(1, "t", 12, "rack 3", -1, 0, 0); c.preferred != noReplica {
			t.Errorf("out of the ISR: %+v", c)
		}
	}, 1, 2, 3)
}

// TestBrokerThatHearsNothing: without the controller a broker may have been
// replaced, and serves no clients; its followers it serves.
func TestBrokerThatHearsNothing(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2)
		l.mustProduce(1, "t", "a")
		l.freeze(1)
		p := l.part(1, "t")
		if err := p.Stage(someBatch("b"), StageOptions{NowMs: testNowMs}, &Staged{}); err != ErrNotLeader {
			t.Errorf("produce: %v", err)
		}
		if c := l.consume(1, "t", 13, "", -1, 0, 0); c.err != ErrNotLeader {
			t.Errorf("fetch: %+v", c)
		}
		if _, err := p.OffsetFor(OffsetQuery{Timestamp: LatestTimestamp, LeaderEpoch: -1}); err != ErrNotLeader {
			t.Errorf("offsets: %v", err)
		}
		if hw := l.part(2, "t").HighWatermark(); hw != 1 {
			time.Sleep(time.Second)
			if hw = l.part(2, "t").HighWatermark(); hw != 1 {
				t.Errorf("the follower's watermark is %d", hw)
			}
		}
	}, 1, 2)
}

// TestDeletedRecordsOnFollowers: they hear of it although nothing else happens, and
// the low watermark is that of the live ones.
func TestDeletedRecordsOnFollowers(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2, 3)
		l.mustProduce(1, "t", "a", "b", "c")
		l.mustProduce(1, "t", "d")
		time.Sleep(10 * time.Second)
		p := l.part(1, "t")
		if _, err := p.DeleteRecords(3); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		if low, err := p.AwaitLowWatermark(3, time.Now().Add(time.Minute), nil); low != 3 || err != nil {
			t.Errorf("low watermark %d %v", low, err)
		}
		if d := time.Since(begin); d > 50*time.Millisecond {
			t.Errorf("after %v", d)
		}
		if start := l.part(3, "t").log.StartOffset(); start != 3 {
			t.Errorf("the follower's log starts at %d", start)
		}
		l.disconnect(3, 1)
		time.Sleep(time.Second)
		if _, err := p.DeleteRecords(4); err != nil {
			t.Fatal(err)
		}
		if low, err := p.AwaitLowWatermark(4, time.Now().Add(time.Second), nil); low != 3 || err != wire.RequestTimedOut {
			t.Errorf("low watermark %d %v", low, err)
		}
		l.fence(3)
		if low, err := p.AwaitLowWatermark(4, time.Now().Add(time.Second), nil); low != 4 || err != nil {
			t.Errorf("low watermark of the live ones %d %v", low, err)
		}
	}, 1, 2, 3)
}

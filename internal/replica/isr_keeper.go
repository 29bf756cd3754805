package replica

import (
	"slices"
	"sync"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

// isrKeeper asks the controller for changes of ISRs, all that are due in one
// request and one request at a time (Kafka's AlterPartitionManager), and looks for
// replicas that lag.
type isrKeeper struct {
	s    *Set
	wake chan struct{} // capacity 1

	mu      sync.Mutex
	queue   []*Partition
	running bool
}

// Waits between two requests when the first one's outcome is not known.
const (
	isrRetryMin = 50 * time.Millisecond
	isrRetryMax = time.Second
)

// ask queues a partition with a pending change. It may be called under the
// partition's mutex.
func (k *isrKeeper) ask(p *Partition) {
	k.mu.Lock()
	k.queue = append(k.queue, p)
	k.mu.Unlock()
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// start begins to keep ISRs, once there is a partition with other replicas.
func (k *isrKeeper) start() {
	if k.s.o.AlterPartition == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.running && k.s.o.Stepper == nil {
		k.running = true
		k.s.running.Go(k.runKeeper)
	}
}

func (k *isrKeeper) runKeeper() {
	review := time.NewTicker(max(k.s.o.Replication.LagTimeMax/2, time.Millisecond))
	defer review.Stop()
	retry := time.NewTimer(0)
	<-retry.C
	defer retry.Stop()
	wait := isrRetryMin
	for {
		select {
		case <-k.s.stop:
			return
		case <-review.C:
			k.s.All((*Partition).reviewISR)
			continue
		case <-k.wake:
		case <-retry.C:
		}
		if k.send() {
			wait = isrRetryMin
			continue
		}
		retry.Reset(wait)
		wait = min(2*wait, isrRetryMax)
	}
}

// send asks for what is queued and tells whether every outcome is known. What is
// not stays queued.
func (k *isrKeeper) send() (done bool) {
	req, asked := k.take()
	if len(asked) == 0 {
		return true
	}
	resp, err := k.s.o.AlterPartition(req)
	return k.settle(asked, resp, err)
}

// take makes the request for what is queued.
func (k *isrKeeper) take() (*wire.AlterPartitionRequest, []askedChange) {
	k.mu.Lock()
	queue := k.queue
	k.queue = nil
	k.mu.Unlock()
	slices.SortFunc(queue, comparePartitions)
	return k.request(queue)
}

// settle takes over the answer to a request, or the error there was instead.
func (k *isrKeeper) settle(asked []askedChange, resp *wire.AlterPartitionResponse, err error) (done bool) {
	if err != nil || resp.ErrorCode != wire.None {
		code := wire.RequestTimedOut
		if err == nil {
			code = resp.ErrorCode
		}
		k.s.log.Info("Changes of ISRs could not be asked for and will be again", "partitions", len(asked), "code", code.Name(), "err", err)
		resp = nil
	}
	codes := answers(resp)
	done = true
	for _, a := range asked {
		code, ok := codes[partKey{id: a.p.topic.ID, number: a.p.number}]
		if !ok || a.p.settleChange(a.c, code) {
			done = false
			k.mu.Lock()
			k.queue = append(k.queue, a.p)
			k.mu.Unlock()
		}
	}
	return done
}

// askedChange is a change in a request.
type askedChange struct {
	p *Partition
	c *isrChange
}

// request makes the request for the partitions that still have something to ask.
func (k *isrKeeper) request(queue []*Partition) (*wire.AlterPartitionRequest, []askedChange) {
	req := &wire.AlterPartitionRequest{}
	req.SetDefaults()
	req.BrokerId, req.BrokerEpoch = k.s.o.BrokerID, k.s.o.BrokerEpoch()
	topics := map[wire.UUID]int{}
	seen := map[*Partition]bool{}
	var asked []askedChange
	for _, p := range queue {
		p.mu.Lock()
		c := p.pending
		p.mu.Unlock()
		if c == nil || c.settled || seen[p] {
			continue
		}
		seen[p] = true
		i, ok := topics[p.topic.ID]
		if !ok {
			i = len(req.Topics)
			topics[p.topic.ID] = i
			req.Topics = append(req.Topics, wire.AlterPartitionRequestTopicData{TopicId: p.topic.ID})
		}
		d := wire.AlterPartitionRequestPartitionData{PartitionIndex: p.number, LeaderEpoch: c.leaderEpoch,
			PartitionEpoch: c.partitionEpoch, NewIsrWithEpochs: c.isr}
		req.Topics[i].Partitions = append(req.Topics[i].Partitions, d)
		asked = append(asked, askedChange{p, c})
	}
	return req, asked
}

// answers sorts an answer by partition.
func answers(resp *wire.AlterPartitionResponse) map[partKey]wire.ErrorCode {
	if resp == nil {
		return nil
	}
	codes := make(map[partKey]wire.ErrorCode)
	for i := range resp.Topics {
		t := &resp.Topics[i]
		for j := range t.Partitions {
			codes[partKey{id: t.TopicId, number: t.Partitions[j].PartitionIndex}] = t.Partitions[j].ErrorCode
		}
	}
	return codes
}

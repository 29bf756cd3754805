package console

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/console/view"
)

// policies remembers for a while what lists show of topics' configs. One
// goroutine asks for what is missing, so that a page waits for it no longer than
// it likes.
type policies struct {
	wanted chan []string

	mu    sync.Mutex
	known map[string]policy
	next  chan struct{} // closed when something was learnt
}

type policy struct {
	value  string // cleanup.policy
	minISR int    // min.insync.replicas, 0 where it is not known
	until  time.Time
}

const (
	policyTime   = 30 * time.Second
	maxPolicies  = 20_000
	policyWait   = 80 * time.Millisecond // of a page
	policyAnswer = 5 * time.Second       // of a broker
	policyKey    = "cleanup.policy"
	minISRKey    = "min.insync.replicas"
)

func newPolicies() *policies {
	return &policies{wanted: make(chan []string, 4), known: map[string]policy{}, next: make(chan struct{})}
}

// get tells what is known of topics, after a short wait for what is not.
func (p *policies) get(ctx context.Context, now time.Time, topics []string) map[string]policy {
	found, missing, next := p.look(now, topics)
	if len(missing) == 0 {
		return found
	}
	select {
	case p.wanted <- missing:
	default: // it is busy with what others want
	}
	wait := time.NewTimer(policyWait)
	defer wait.Stop()
	select {
	case <-next:
		found, _, _ = p.look(now, topics)
	case <-wait.C:
	case <-ctx.Done():
	}
	return found
}

func (p *policies) look(now time.Time, topics []string) (found map[string]policy, missing []string, next chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	found = map[string]policy{}
	for _, topic := range topics {
		if known, ok := p.known[topic]; ok {
			found[topic] = known
			if now.Before(known.until) {
				continue
			}
		}
		missing = append(missing, topic)
	}
	return found, missing, p.next
}

func (p *policies) forget(topic string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.known, topic)
}

func (p *policies) learnt(all map[string]policy) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.known) > maxPolicies {
		clear(p.known)
	}
	for topic, known := range all {
		p.known[topic] = known
	}
	close(p.next)
	p.next = make(chan struct{})
}

// runPolicies asks brokers for what pages want to know.
func (k *cluster) runPolicies(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case topics := <-k.policies.wanted:
			k.learnPolicies(ctx, topics)
		}
	}
}

func (k *cluster) learnPolicies(ctx context.Context, topics []string) {
	asking, cancel := context.WithTimeout(ctx, policyAnswer)
	defer cancel()
	all, err := k.describeConfigs(asking, kmsg.ConfigResourceTypeTopic, topics, []string{policyKey, minISRKey})
	if err != nil {
		k.log.Debug("The cleanup policies are not known", "err", err)
	}
	learnt := map[string]policy{}
	for topic, configs := range all {
		p := policy{until: k.now().Add(policyTime)}
		for _, c := range configs {
			switch {
			case c.Value == nil:
			case c.Name == minISRKey:
				p.minISR, _ = strconv.Atoi(*c.Value) // no number: not known
			default:
				p.value = *c.Value
			}
		}
		learnt[topic] = p
	}
	k.policies.learnt(learnt)
	k.changes.Add(1)
}

// addPolicies tells of each topic of a page whether it is compacted.
func (k *cluster) addPolicies(ctx context.Context, rows []view.TopicRow) {
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = r.Name
	}
	known := k.policies.get(ctx, k.now(), names)
	for i, r := range rows {
		rows[i].CleanupPolicy = known[r.Name].value
		rows[i].Exact = rows[i].CleanupPolicy == "delete" && r.Records >= 0
	}
}

// minISR is min.insync.replicas of a topic, 0 where it is not known.
func (k *cluster) minISR(ctx context.Context, topic string) int {
	return k.policies.get(ctx, k.now(), []string{topic})[topic].minISR
}

package console

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/brolga-io/brolga/internal/console/view"
)

// eventLog keeps what was noticed lately.
type eventLog struct {
	mu   sync.Mutex
	all  []view.Event // oldest first
	last int64
}

// maxEvents is how many events are kept.
const maxEvents = 2000

func newEventLog() *eventLog { return &eventLog{} }

func (l *eventLog) add(e view.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	e.ID = view.Int64(l.last)
	if len(l.all) >= maxEvents {
		l.all = slices.Delete(l.all, 0, maxEvents/10)
	}
	l.all = append(l.all, e)
}

// page returns the newest events that match, newest first.
func (l *eventLog) page(q view.EventQuery) view.EventPage {
	limit := q.Limit
	if limit <= 0 || limit > pageSize {
		limit = 100
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var p view.EventPage
	for _, e := range slices.Backward(l.all) {
		if q.Before > 0 && e.ID >= q.Before || q.Kind != "" && e.Kind != q.Kind ||
			q.Topic != "" && e.Topic != q.Topic || q.Group != "" && e.Group != q.Group {
			continue
		}
		if len(p.Events) == limit {
			p.More = true
			break
		}
		p.Events = append(p.Events, e)
	}
	return p
}

// eventsPerLook is how many events one look at the cluster may bring; what is
// more is told in one sentence.
const eventsPerLook = 50

// noted is a list of events under construction.
type noted struct {
	events  []view.Event
	left    int
	atMilli view.Millis
}

func (n *noted) add(e view.Event) {
	if len(n.events) >= eventsPerLook {
		n.left++
		return
	}
	e.At = n.atMilli
	n.events = append(n.events, e)
}

func (l *eventLog) addAll(n *noted) {
	for _, e := range n.events {
		l.add(e)
	}
	if n.left > 0 {
		l.add(view.Event{At: n.atMilli, Kind: view.EventTopic, Status: view.LevelInfo, Sentence: fmt.Sprintf("%d more changes at the same time.", n.left)})
	}
}

// metaLearnt compares two looks at the metadata.
func (k *cluster) metaLearnt(was, now *metaPart) {
	k.changes.Add(1)
	if was == nil || was.clusterID != now.clusterID {
		return
	}
	n := &noted{atMilli: view.Millis(now.at.UnixMilli())}
	noteBrokers(n, was, now)
	for _, name := range now.names {
		t := now.topics[name]
		before := was.topics[name]
		switch {
		case before == nil:
			n.add(view.Event{Kind: view.EventTopic, Status: view.LevelInfo, Topic: name,
				Sentence: fmt.Sprintf("Topic %s was created with %s.", name, count(len(t.partitions), "partition"))})
		case before.id != t.id:
			n.add(view.Event{Kind: view.EventTopic, Status: view.LevelInfo, Topic: name, Sentence: fmt.Sprintf("Topic %s was deleted and created again.", name)})
		default:
			notePartitions(n, before, t)
		}
	}
	for _, name := range was.names {
		if now.topics[name] == nil {
			n.add(view.Event{Kind: view.EventTopic, Status: view.LevelInfo, Topic: name, Sentence: fmt.Sprintf("Topic %s was deleted.", name)})
		}
	}
	k.events.addAll(n)
}

func noteBrokers(n *noted, was, now *metaPart) {
	for _, b := range now.brokers {
		before, known := was.broker(b.id)
		id := b.id
		switch {
		case b.online && (!known || !before.online):
			n.add(view.Event{Kind: view.EventBroker, Status: view.LevelGood, Broker: &id, Sentence: fmt.Sprintf("Broker %d is here (%s:%d).", b.id, b.host, b.port)})
		case !b.online && known && before.online:
			n.add(view.Event{Kind: view.EventBroker, Status: view.LevelBad, Broker: &id, Sentence: fmt.Sprintf("Broker %d is gone.", b.id)})
		case b.online && (b.host != before.host || b.port != before.port):
			n.add(view.Event{Kind: view.EventBroker, Status: view.LevelInfo, Broker: &id, Sentence: fmt.Sprintf("Broker %d now tells clients to connect to %s:%d.", b.id, b.host, b.port)})
		}
	}
	if was.controller != now.controller && now.controller >= 0 {
		id := now.controller
		n.add(view.Event{Kind: view.EventController, Status: view.LevelInfo, Broker: &id, Sentence: fmt.Sprintf("Node %d is the active controller now; before it was %d.", id, was.controller)})
	}
}

func notePartitions(n *noted, was, now *topicMeta) {
	if len(now.partitions) > len(was.partitions) {
		n.add(view.Event{Kind: view.EventTopic, Status: view.LevelInfo, Topic: now.name,
			Sentence: fmt.Sprintf("Topic %s has %s now; before it had %d.", now.name, count(len(now.partitions), "partition"), len(was.partitions))})
	}
	for i := range min(len(was.partitions), len(now.partitions)) {
		before, p, number := was.partitions[i], now.partitions[i], int32(i)
		if before.leader != p.leader {
			e := view.Event{Kind: view.EventLeader, Status: view.LevelInfo, Topic: now.name, Partition: &number,
				Sentence: fmt.Sprintf("%s-%d: broker %d leads now; before it was %d.", now.name, i, p.leader, before.leader)}
			if p.leader < 0 {
				e.Status, e.Sentence = view.LevelBad, fmt.Sprintf("%s-%d has no leader: nothing can be read or written.", now.name, i)
			} else if before.leader < 0 {
				e.Status, e.Sentence = view.LevelGood, fmt.Sprintf("%s-%d: broker %d leads again.", now.name, i, p.leader)
			}
			n.add(e)
		}
		noteISR(n, now.name, number, before.isr, p.isr)
	}
}

func noteISR(n *noted, topic string, partition int32, was, now []int32) {
	left := without(was, now)
	joined := without(now, was)
	e := view.Event{Kind: view.EventISR, Topic: topic, Partition: &partition}
	switch {
	case len(left) > 0:
		e.Status = view.LevelWarning
		e.Sentence = fmt.Sprintf("%s-%d: %s left the in-sync replicas; left are %s.", topic, partition, brokerIDs(left), ids(now))
	case len(joined) > 0:
		e.Status = view.LevelGood
		e.Sentence = fmt.Sprintf("%s-%d: %s in sync again; in sync are %s.", topic, partition, brokerIDs(joined), ids(now))
	default:
		return
	}
	n.add(e)
}

// groupsLearnt compares two looks at the groups.
func (k *cluster) groupsLearnt(was, now *groupsPart) {
	k.changes.Add(1)
	k.history.groups(k.ends.newest.Load(), now)
	if was == nil {
		return
	}
	n := &noted{atMilli: view.Millis(now.at.UnixMilli())}
	for _, name := range now.names {
		g, before := now.groups[name], was.groups[name]
		switch {
		case before == nil:
			n.add(view.Event{Kind: view.EventGroup, Status: view.LevelInfo, Group: name, Sentence: fmt.Sprintf("Group %s is here.", name)})
		case len(g.members) != len(before.members):
			n.add(view.Event{Kind: view.EventGroup, Status: view.LevelInfo, Group: name,
				Sentence: fmt.Sprintf("Group %s has %s now; before it had %d.", name, count(len(g.members), "member"), len(before.members))})
		}
	}
	for _, name := range was.names {
		if now.groups[name] == nil {
			n.add(view.Event{Kind: view.EventGroup, Status: view.LevelInfo, Group: name, Sentence: fmt.Sprintf("Group %s is gone.", name)})
		}
	}
	k.events.addAll(n)
}

// changed notes what somebody did through the page.
func (c *call) changed(k *cluster, e view.Event) {
	e.At, e.Kind, e.Status, e.User = view.Millis(c.s.now().UnixMilli()), view.EventChange, view.LevelInfo, c.who.name
	k.events.add(e)
	k.changes.Add(1)
	k.log.Info("Changed through the console", "what", clip(e.Sentence, 256), "user", c.who.name, "address", c.who.address)
}

// without returns what is in a and not in b.
func without(a, b []int32) []int32 {
	var rest []int32
	for _, v := range a {
		if !slices.Contains(b, v) {
			rest = append(rest, v)
		}
	}
	return rest
}

func ids(list []int32) string {
	if len(list) == 0 {
		return "none"
	}
	words := make([]string, len(list))
	for i, id := range list {
		words[i] = fmt.Sprint(id)
	}
	return strings.Join(words, ", ")
}

// brokerIDs says "broker 1" and "brokers 1, 2".
func brokerIDs(list []int32) string {
	if len(list) == 1 {
		return "broker " + ids(list)
	}
	return "brokers " + ids(list)
}

// count says "1 member" and "2 members".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

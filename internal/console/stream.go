package console

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/brolga-io/brolga/internal/console/view"
)

// Pace and limits of a push channel.
const (
	pushEvery      = 250 * time.Millisecond
	heartbeatEvery = 15 * time.Second
	maxSubs        = 16
)

// channel is a push channel at work. Only its own goroutine touches it. Nothing
// is queued: what a subscription shows is looked at anew each time the reader has
// taken what went before, so that a slow reader sees less often and costs nothing.
type channel struct {
	c       *call
	out     *eventWriter
	seq     int64
	subs    []*subscription
	dropped int64
	waited  time.Duration // for the reader, in this round
}

// subscription is one view that a channel keeps up to date.
type subscription struct {
	view.Subscription
	seen    int64 // the cluster's changes when it was last looked at
	looked  time.Time
	shown   any // as it was sent, nil: nothing yet
	problem string
}

// relookEvery is how often a subscription is looked at though nothing new is
// known: ages and trends move by themselves.
const relookEvery = 2 * time.Second

// openStream serves a push channel until the reader goes away.
func (c *call) openStream(_ struct{}, out *eventWriter) error {
	st, end, err := c.s.streams.open(c)
	if err != nil {
		return err
	}
	defer end()
	if err := out.begin(); err != nil {
		return ignoreGone(err)
	}
	ch := &channel{c: c, out: out}
	if err := ch.send(view.StreamEvent{Hello: &view.StreamHello{ID: st.id}}); err != nil {
		return ignoreGone(err)
	}
	tick := time.NewTicker(pushEvery)
	defer tick.Stop()
	heartbeat := time.NewTicker(heartbeatEvery)
	defer heartbeat.Stop()
	for {
		select {
		case <-st.ctx.Done():
			return nil
		case request := <-st.steer:
			ch.steer(request)
			err = ch.push()
		case <-tick.C:
			err = ch.push()
		case <-heartbeat.C:
			if c.over() {
				return nil
			}
			err = out.heartbeat()
		}
		if err != nil {
			return ignoreGone(err)
		}
	}
}

func (ch *channel) send(e view.StreamEvent) error {
	ch.seq++
	e.Seq = view.Int64(ch.seq)
	b, err := encode(e)
	if err != nil {
		return err
	}
	begun := ch.c.s.now()
	err = ch.out.event(strconv.FormatInt(ch.seq, 10), b)
	ch.waited += ch.c.s.now().Sub(begun)
	return err
}

// steering asks a channel to show other things, and answers what it shows.
type steering struct {
	view.Subscribe
	answer chan []string
}

func (ch *channel) steer(request any) {
	s, ok := request.(steering)
	if !ok {
		return // it was meant for a tail
	}
	gone := func(name string) {
		ch.subs = slices.DeleteFunc(ch.subs, func(have *subscription) bool { return have.Name == name })
	}
	for _, name := range s.Remove {
		gone(name)
	}
	for _, add := range s.Add {
		gone(add.Name)
		if len(ch.subs) < maxSubs {
			ch.subs = append(ch.subs, &subscription{Subscription: add, seen: -1})
		}
	}
	names := []string{}
	for _, have := range ch.subs {
		names = append(names, have.Name)
	}
	s.answer <- names
}

// subscribe changes what a stream shows.
func (c *call) subscribe(in view.Subscribe) (view.Subscribed, error) {
	const longestName = 100
	if len(in.Add) > maxSubs {
		return view.Subscribed{}, invalid("add", fmt.Sprintf("A stream shows at most %d things.", maxSubs))
	}
	for i, s := range in.Add {
		field := fmt.Sprintf("add.%d", i)
		switch {
		case s.Name == "" || len(s.Name) > longestName:
			return view.Subscribed{}, invalid(field+".name", fmt.Sprintf("A name of at most %d letters is missing.", longestName))
		case !slices.Contains(s.Kind.Values(), string(s.Kind)):
			return view.Subscribed{}, invalid(field+".kind", "There is no such kind.")
		}
	}
	answer := make(chan []string, 1)
	if err := c.steer(steering{in, answer}); err != nil {
		return view.Subscribed{}, err
	}
	select {
	case names := <-answer:
		return view.Subscribed{Names: names}, nil
	case <-c.Done():
		return view.Subscribed{}, c.Err()
	}
}

// push sends what has changed.
func (ch *channel) push() error {
	ch.waited = 0
	for _, s := range ch.subs {
		if err := ch.look(s); err != nil {
			return err
		}
	}
	if ch.waited > pushEvery {
		return ch.leftOut(int64(ch.waited / pushEvery))
	}
	return nil
}

// leftOut tells the reader how many updates it was too slow for.
func (ch *channel) leftOut(n int64) error {
	if len(ch.subs) == 0 {
		return nil
	}
	ch.dropped += n
	return ch.send(view.StreamEvent{Dropped: &view.Dropped{Events: view.Int64(ch.dropped)}})
}

// look compares what a subscription shows with what there is now.
func (ch *channel) look(s *subscription) error {
	changes := int64(0)
	if k := ch.c.s.clusters.find(s.Cluster); k != nil {
		k.touch()
		changes = k.changes.Load()
	}
	now := ch.c.s.now()
	if changes == s.seen && now.Sub(s.looked) < relookEvery {
		return nil
	}
	s.seen, s.looked = changes, now
	data, err := ch.c.render(s.Subscription)
	if err != nil {
		return ch.tell(s, err)
	}
	s.problem = ""
	shown, err := decodeAny(data)
	if err != nil {
		return err
	}
	was := s.shown
	s.shown = shown
	if was == nil {
		return ch.send(view.StreamEvent{Snapshot: &view.Snapshot{Sub: s.Name, Data: data}})
	}
	ops := diff(was, shown, []any{})
	if len(ops) == 0 {
		return nil
	}
	if cost(ops) > len(data) {
		ops = []view.Op{{Path: []any{}, Value: data}}
	}
	return ch.send(view.StreamEvent{Delta: &view.Delta{Sub: s.Name, Ops: ops}})
}

// cost is about how long operations are as JSON.
func cost(ops []view.Op) int {
	n := 0
	for _, op := range ops {
		n += len(op.Value) + 16*len(op.Path) + 20
	}
	return n
}

// tell says why there is nothing to show, once.
func (ch *channel) tell(s *subscription, err error) error {
	_, p := ch.c.problem(err)
	if p.Message == s.problem {
		return nil
	}
	s.problem = p.Message
	s.shown = nil
	return ch.send(view.StreamEvent{Error: &view.SubError{Sub: s.Name, Problem: p}})
}

// render answers a subscription as the route of its kind does.
func (c *call) render(s view.Subscription) (json.RawMessage, error) {
	look := &call{Context: c.Context, s: c.s, who: c.who, route: c.route, vars: func(name string) string {
		switch name {
		case "cluster":
			return s.Cluster
		case "topic":
			return s.Topic
		case "group":
			return s.Group
		case "broker":
			if s.Broker != nil {
				return strconv.Itoa(int(*s.Broker))
			}
		}
		return ""
	}}
	a, err := look.show(s)
	if err != nil {
		return nil, err
	}
	return encode(a)
}

func (c *call) show(s view.Subscription) (any, error) {
	switch s.Kind {
	case view.SubClusters:
		return c.listClusters()
	case view.SubOverview:
		return c.overview()
	case view.SubTopics:
		return c.listTopics(or(s.Topics))
	case view.SubTopic:
		return c.topic()
	case view.SubTopicGroups:
		return c.topicGroups(or(s.Groups))
	case view.SubGroups:
		return c.listGroups(or(s.Groups))
	case view.SubGroup:
		return c.group()
	case view.SubBrokers:
		return c.listBrokers()
	case view.SubBroker:
		return c.broker()
	case view.SubReassignments:
		return c.reassignments()
	case view.SubEvents:
		return c.listEvents(or(s.Events))
	case view.SubLearn:
		return c.learnFacts(or(s.Learn))
	case view.SubLab:
		return c.labStatus()
	}
	return nil, invalid("kind", "There is no such kind.")
}

// or is a value or its zero.
func or[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

package load

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/testcluster/history"
)

// made are topics that come and go; nobody writes to them.
var made = [...]string{"made-0", "made-1", "made-2"}

// setKey is a configuration that nothing depends on here, whose value is a register.
const setKey = "file.delete.delay.ms"

const changeLimit = 10 * time.Second

// runChanges creates and deletes topics and sets a configuration, one after the other.
// Each request is sent once, so that its outcome is that of one operation.
func (l *Load) runChanges() {
	client := l.client(kgo.RequestRetries(0))
	defer client.Close()
	admin := kadm.NewClient(client)
	admin.SetTimeoutMillis(5000)
	for i := 0; pause(l.halt, 600*time.Millisecond); i++ {
		switch name := made[i/2%len(made)]; {
		case i%5 == 4:
			l.set(admin, fmt.Sprint(60_000+i))
		case i/6%2 == 0:
			l.create(admin, name)
		default:
			l.remove(admin, name)
		}
	}
}

// change records operations that share a request's time.
func (l *Load) change(resource string, invoked time.Duration, ops ...history.Change) {
	ended := l.now()
	l.H.Record(func(h *history.History) {
		for _, c := range ops {
			c.Resource, c.Client, c.Invoked, c.Ended = resource, "the changer", invoked, ended
			h.Changes = append(h.Changes, c)
		}
	})
}

const there = "there"

func (l *Load) create(admin *kadm.Client, name string) {
	ctx, cancel := context.WithTimeout(context.Background(), changeLimit)
	defer cancel()
	invoked := l.now()
	resp, err := admin.CreateTopic(ctx, 1, 3, nil, name)
	if err == nil {
		err = resp.Err
	}
	one := history.Change{Op: history.Create, Value: there}
	switch {
	case err == nil:
		one.Outcome = history.OK
	case errors.Is(err, kerr.InvalidReplicationFactor):
		one.Outcome = history.Failed
	case errors.Is(err, kerr.TopicAlreadyExists):
		// The broker may have passed the request on twice: this one may be why.
		l.change("topic "+name, invoked, one, history.Change{Op: history.Exists, Outcome: history.OK})
		return
	}
	l.change("topic "+name, invoked, one)
}

func (l *Load) remove(admin *kadm.Client, name string) {
	ctx, cancel := context.WithTimeout(context.Background(), changeLimit)
	defer cancel()
	invoked := l.now()
	resp, err := admin.DeleteTopic(ctx, name)
	if err == nil {
		err = resp.Err
	}
	one := history.Change{Op: history.Remove}
	switch {
	case err == nil:
		one.Outcome = history.OK
	case errors.Is(err, kerr.UnknownTopicOrPartition):
		l.change("topic "+name, invoked, one, history.Change{Op: history.Read, Outcome: history.OK})
		return
	}
	l.change("topic "+name, invoked, one)
}

func (l *Load) set(admin *kadm.Client, value string) {
	ctx, cancel := context.WithTimeout(context.Background(), changeLimit)
	defer cancel()
	invoked := l.now()
	resp, err := admin.AlterTopicConfigs(ctx, []kadm.AlterConfig{{Op: kadm.SetConfig, Name: setKey, Value: &value}}, l.Topic)
	if err == nil && len(resp) == 1 {
		err = resp[0].Err
	}
	one := history.Change{Op: history.Write, Value: value}
	if err == nil {
		one.Outcome = history.OK
	}
	l.change("config "+setKey, invoked, one)
}

// lookAtChanges records what is there at the end, when everybody agrees.
func (l *Load) lookAtChanges(admin *kadm.Client) error {
	ctx, cancel := context.WithTimeout(context.Background(), finishLimit)
	defer cancel()
	invoked := l.now()
	topics, err := admin.ListTopics(ctx)
	if err != nil {
		return fmt.Errorf("the last look at the topics: %w", err)
	}
	for _, name := range made {
		one := history.Change{Op: history.Read, Outcome: history.OK}
		if topics.Has(name) {
			one.Value = there
		}
		l.change("topic "+name, invoked, one)
	}
	invoked = l.now()
	configs, err := admin.DescribeTopicConfigs(ctx, l.Topic)
	if err != nil || len(configs) != 1 || configs[0].Err != nil {
		return fmt.Errorf("the last look at the configuration: %w", err)
	}
	for _, c := range configs[0].Configs {
		if c.Key == setKey && c.Source == kmsg.ConfigSourceDynamicTopicConfig {
			l.change("config "+setKey, invoked, history.Change{Op: history.Read, Outcome: history.OK, Value: c.MaybeValue()})
		}
	}
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// runReader is a member of the group that always reads the kept topic.
func (r *run) runReader(ctx context.Context) error {
	client, err := r.member("steady", keptTopic)
	if err != nil {
		return err
	}
	defer client.Close()
	r.read(ctx, client)
	return nil
}

func (r *run) member(group, topic string) (*kgo.Client, error) {
	return kgo.NewClient(kgo.SeedBrokers(r.fleet.seeds()...), kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic),
		kgo.AutoCommitInterval(2*time.Second), kgo.SessionTimeout(10*time.Second))
}

// read polls until the context ends.
func (r *run) read(ctx context.Context, client *kgo.Client) {
	for ctx.Err() == nil {
		// What goes wrong while a node restarts is the client's to try again.
		r.load.consumed.Add(int64(client.PollFetches(ctx).NumRecords()))
	}
}

// groupEvery is how often a group comes, groupLife how long it stays.
const (
	groupEvery = 10 * time.Second
	groupLife  = 15 * time.Second
)

// runGroups has groups of one to three members come, read the topic that expires,
// go, and be deleted.
func (r *run) runGroups(ctx context.Context) error {
	number := 0
	return every(ctx, groupEvery, func() error {
		number++
		group, members := fmt.Sprint("passing-", number), 1+number%3
		for range members {
			r.wg.Go(func() { r.note(r.visit(ctx, group)) })
		}
		r.wg.Go(func() { r.removeLater(ctx, group) })
		r.load.groups.Add(1)
		return nil
	})
}

// visit is a member for a while.
func (r *run) visit(ctx context.Context, group string) error {
	client, err := r.member(group, expiredTopic)
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, groupLife)
	defer cancel()
	r.read(ctx, client)
	return nil
}

// removeLater deletes a group when its members are gone.
func (r *run) removeLater(ctx context.Context, group string) {
	wait := groupLife + 12*time.Second // its session is over
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		resp, err := kadm.NewClient(r.client).DeleteGroup(ctx, group)
		if err == nil {
			err = resp.Err
		}
		if err == nil || errors.Is(err, kerr.GroupIDNotFound) {
			return
		}
		r.load.adminFailures.Add(1)
		wait = groupEvery
	}
}

package console

import (
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/console/view"
)

// known returns the cluster and the topic in the path.
func (c *call) topicMeta() (*cluster, *metaPart, *topicMeta, error) {
	k, err := c.cluster()
	if err != nil {
		return nil, nil, nil, err
	}
	m, err := k.metadata(c)
	if err != nil {
		return nil, nil, nil, err
	}
	t, err := m.topic(c.vars("topic"))
	if err != nil {
		// It may be younger than what is remembered.
		k.settle(c, k.meta)
		if m = k.meta.newest.Load(); m != nil {
			t, err = m.topic(c.vars("topic"))
		}
	}
	return k, m, t, err
}

func (c *call) deleteTopic() (view.Done, error) {
	k, _, t, err := c.topicMeta()
	if err != nil {
		return view.Done{}, err
	}
	done := view.Done{Command: k.line("kafka-topics", "--delete", "--topic", t.name).String(), DryRun: c.dryRun,
		Message: fmt.Sprintf("Topic %s was deleted.", t.name)}
	if t.ofKafka() {
		done.Warnings = append(done.Warnings, "This is one of Kafka's own topics: bookmarks or transactions are in it.")
	}
	if c.dryRun {
		done.Message = fmt.Sprintf("Topic %s with all its records would be deleted.", t.name)
		return done, nil
	}
	if err := c.removeTopic(k, t.name); err != nil {
		return view.Done{}, err
	}
	return done, nil
}

func (c *call) removeTopic(k *cluster, name string) error {
	req := kmsg.NewPtrDeleteTopicsRequest()
	req.TimeoutMillis = 10_000
	req.TopicNames = []string{name}
	t := kmsg.NewDeleteTopicsRequestTopic()
	t.Topic = kmsg.StringPtr(name)
	req.Topics = append(req.Topics, t)
	resp, err := req.RequestWith(c, k.client)
	if err != nil {
		return err
	}
	for _, r := range resp.Topics {
		if err := brokerFailure(r.ErrorCode, r.ErrorMessage); err != nil {
			return err
		}
	}
	c.changed(k, view.Event{Topic: name, Sentence: fmt.Sprintf("Topic %s was deleted.", name)})
	k.policies.forget(name)
	k.settleTopic(c, name, false)
	return nil
}

// purgeTopic deletes every record.
func (c *call) purgeTopic() (view.DeletedRecords, error) {
	return c.deleteRecords(view.DeleteRecords{All: true})
}

// bulkTopics does one thing to several topics, one after another; what fails
// does not stop the rest.
func (c *call) bulkTopics(in view.BulkTopics) (view.BulkResult, error) {
	k, err := c.cluster()
	if err != nil {
		return view.BulkResult{}, err
	}
	const most = 1000
	switch {
	case len(in.Topics) == 0:
		return view.BulkResult{}, invalid("topics", "No topic is named.")
	case len(in.Topics) > most:
		return view.BulkResult{}, invalid("topics", fmt.Sprintf("At most %d topics at once.", most))
	case !slices.Contains(in.Action.Values(), string(in.Action)):
		return view.BulkResult{}, invalid("action", "The action is delete, purge or config.")
	}
	var result view.BulkResult
	result.DryRun = c.dryRun
	failed := 0
	for _, name := range in.Topics {
		line, err := c.bulkOne(k, in, name)
		item := view.ItemResult{Name: name, OK: err == nil}
		if err != nil {
			failed++
			_, p := c.problem(err)
			item.Problem = p.Message
		}
		if line != "" {
			if result.Command != "" {
				result.Command += "\n"
			}
			result.Command += line
		}
		result.Results = append(result.Results, item)
	}
	verb := map[view.TopicAction]string{view.ActionDelete: "deleted", view.ActionPurge: "purged", view.ActionConfig: "changed"}[in.Action]
	word := "were"
	if c.dryRun {
		word = "would be"
	}
	result.Message = fmt.Sprintf("%s %s %s.", count(len(in.Topics)-failed, "topic"), word, verb)
	if failed > 0 {
		result.Message += fmt.Sprintf(" %s failed.", count(failed, "topic"))
	}
	return result, nil
}

func (c *call) bulkOne(k *cluster, in view.BulkTopics, name string) (string, error) {
	one := *c
	one.vars = func(v string) string {
		if v == "topic" {
			return name
		}
		return c.vars(v)
	}
	switch in.Action {
	case view.ActionDelete:
		done, err := one.deleteTopic()
		return done.Command, err
	case view.ActionPurge:
		done, err := one.purgeTopic()
		return done.Command, err
	}
	done, err := one.changeTopicConfigs(view.ConfigChange{Set: in.Set, Unset: in.Unset})
	return done.Command, err
}

// deleteRecords moves the beginning of partitions.
func (c *call) deleteRecords(in view.DeleteRecords) (view.DeletedRecords, error) {
	k, _, t, err := c.topicMeta()
	if err != nil {
		return view.DeletedRecords{}, err
	}
	targets, from, err := c.deleteTargets(k, t, in)
	if err != nil {
		return view.DeletedRecords{}, err
	}
	result := view.DeletedRecords{Done: view.Done{DryRun: c.dryRun, Command: deleteRecordsCommand(k, t.name, targets)}}
	var answers kadm.DeleteRecordsResponses
	if !c.dryRun {
		offsets := kadm.Offsets{}
		for p, at := range targets {
			offsets.AddOffset(t.name, p, at, -1)
		}
		if answers, err = k.admin.DeleteRecords(c, offsets); err != nil && len(answers) == 0 {
			return view.DeletedRecords{}, err
		}
	}
	records := int64(0)
	for _, p := range sortedInts(targets) {
		row := view.DeletedRange{Partition: p, From: view.Int64(from[p]), To: view.Int64(targets[p])}
		if r, ok := answers.Lookup(t.name, p); ok && r.Err != nil {
			f, _ := explain(r.Err)
			row.Problem = f.message
		} else if !c.dryRun && !ok {
			row.Problem = kerr.LeaderNotAvailable.Description
		}
		if row.Problem == "" {
			records += max(0, targets[p]-from[p])
		}
		result.Partitions = append(result.Partitions, row)
	}
	if c.dryRun {
		result.Message = fmt.Sprintf("%s would be deleted.", count(int(records), "record"))
		return result, nil
	}
	result.Message = fmt.Sprintf("%s of %s deleted.", count(int(records), "record"), t.name)
	c.changed(k, view.Event{Topic: t.name, Sentence: result.Message})
	k.forgetStarts()
	k.settle(c, k.ends)
	return result, nil
}

package console

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/console/view"
)

// topic is one topic with its partitions as they are now.
func (c *call) topic() (view.Topic, error) {
	k, m, t, err := c.topicMeta()
	if err != nil {
		return view.Topic{}, err
	}
	e, d, g := k.ends.fresh(c, k.now, liveAge), k.dirs.newest.Load(), k.groups.newest.Load()
	if e.of(t.name, 0).end < 0 && len(t.partitions) > 0 && t.offline == 0 {
		k.settle(c, k.ends) // a topic younger than what is remembered
		e = k.ends.newest.Load()
	}
	read := readersByTopic(g, e)
	v := view.Topic{TopicRow: topicRow(t, e, d, read), ID: topicID(t.id), AsOf: view.Millis(m.at.UnixMilli())}
	if r := read[t.name]; r != nil {
		v.GroupNames = r.names
	}
	for p := range t.partitions {
		v.PartitionList = append(v.PartitionList, partitionView(t, int32(p), e, d))
	}
	c.addTopicConfigs(k, &v)
	c.addMoves(k, t, &v)
	v.DeletionDisabled = k.noDeletion.Load()
	return v, nil
}

// addMoves marks replicas that are on the move. A topic whose replicas are all in
// sync has none that is being added.
func (c *call) addMoves(k *cluster, t *topicMeta, v *view.Topic) {
	if t.under == 0 {
		return
	}
	const patience = time.Second
	ctx, cancel := context.WithTimeout(c, patience)
	defer cancel()
	moves, err := k.moves(ctx, t.name)
	if err != nil {
		return // the page goes without
	}
	for _, m := range moves {
		if m.Topic != t.name || int(m.Partition) >= len(v.PartitionList) {
			continue
		}
		replicas := v.PartitionList[m.Partition].Replicas
		for i, r := range replicas {
			replicas[i].Adding = slices.Contains(m.AddingReplicas, r.Broker)
			replicas[i].Removing = slices.Contains(m.RemovingReplicas, r.Broker)
		}
	}
}

// addTopicConfigs adds what the header of the page shows of the configs; without
// the right to see them the page goes without.
func (c *call) addTopicConfigs(k *cluster, v *view.Topic) {
	row := []view.TopicRow{v.TopicRow}
	k.addPolicies(c, row)
	v.TopicRow = row[0]
	v.MinISR = k.minISR(c, v.Name)
}

// topicID writes an id as Kafka's tools do; none is nothing.
func topicID(id [16]byte) string {
	if id == [16]byte{} {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(id[:])
}

func partitionView(t *topicMeta, number int32, e *endsPart, d *dirsPart) view.Partition {
	p := t.partitions[number]
	ends := e.of(t.name, number)
	v := view.Partition{
		Partition: number, Leader: p.leader, LeaderEpoch: p.epoch, Preferred: len(p.replicas) > 0 && p.leader == p.replicas[0],
		Start: view.Int64(ends.start), End: view.Int64(ends.end), Records: -1, In: ends.in,
		Bytes: view.Int64(d.replica(tp{t.name, number}, p.leader).bytes),
	}
	if ends.start >= 0 && ends.end >= 0 {
		v.Records = view.Int64(max(0, ends.end-ends.start))
	}
	switch {
	case p.leader < 0:
		v.Problem = "It has no leader: nothing can be read or written."
	case ends.err != nil:
		f, _ := explain(ends.err)
		v.Problem = f.message
	}
	for _, id := range p.replicas {
		size := d.replica(tp{t.name, number}, id)
		v.Replicas = append(v.Replicas, view.Replica{Broker: id, InSync: slices.Contains(p.isr, id), Offline: slices.Contains(p.offline, id),
			Bytes: view.Int64(size.bytes), Lag: view.Int64(size.lag)})
	}
	return v
}

func (c *call) topicConfigs() (view.ConfigList, error) {
	k, _, t, err := c.topicMeta()
	if err != nil {
		return view.ConfigList{}, err
	}
	return k.resourceConfigs(c, kmsg.ConfigResourceTypeTopic, t.name)
}

func (c *call) changeTopicConfigs(in view.ConfigChange) (view.Done, error) {
	k, _, t, err := c.topicMeta()
	if err != nil {
		return view.Done{}, err
	}
	if err := checkChange(in); err != nil {
		return view.Done{}, err
	}
	if err := k.alterConfigs(c, kmsg.ConfigResourceTypeTopic, t.name, in, c.dryRun); err != nil {
		return view.Done{}, err
	}
	done := view.Done{Command: k.alterCommand(in, "--entity-type", "topics", "--entity-name", t.name).String(), DryRun: c.dryRun,
		Message: fmt.Sprintf("%s of %s can be changed.", count(len(in.Set)+len(in.Unset), "config"), t.name)}
	if !c.dryRun {
		done.Message = fmt.Sprintf("%s of %s changed.", count(len(in.Set)+len(in.Unset), "config"), t.name)
		c.changed(k, view.Event{Topic: t.name, Sentence: done.Message})
		k.policies.forget(t.name)
	}
	return done, nil
}

// addPartitions raises the number; keys land elsewhere from then on.
func (c *call) addPartitions(in view.AddPartitions) (view.Done, error) {
	k, _, t, err := c.topicMeta()
	if err != nil {
		return view.Done{}, err
	}
	if in.Total <= len(t.partitions) {
		return view.Done{}, invalid("total", fmt.Sprintf("%s has %s already; the number can only grow.", t.name, count(len(t.partitions), "partition")))
	}
	update := k.admin.UpdatePartitions
	if c.dryRun {
		update = k.admin.ValidateUpdatePartitions
	}
	answers, err := update(c, in.Total, t.name)
	if err != nil {
		return view.Done{}, err
	}
	if r := answers[t.name]; r.Err != nil {
		return view.Done{}, withWords(r.Err, r.ErrMessage)
	}
	done := view.Done{Command: k.line("kafka-topics", "--alter", "--topic", t.name, "--partitions", strconv.Itoa(in.Total)).String(),
		DryRun: c.dryRun, Message: fmt.Sprintf("%s can have %s.", t.name, count(in.Total, "partition")),
		Warnings: []string{"Records with a key go to other partitions from then on; those that are there stay where they are."}}
	if !c.dryRun {
		done.Message = fmt.Sprintf("%s has %s now.", t.name, count(in.Total, "partition"))
		c.changed(k, view.Event{Topic: t.name, Sentence: done.Message})
		k.settle(c, k.meta)
		k.settle(c, k.ends)
	}
	return done, nil
}

// electLeaders makes partitions choose: the preferred replica, or with unclean
// any that lives.
func (c *call) electLeaders(in view.Election) (view.Elected, error) {
	k, _, t, err := c.topicMeta()
	if err != nil {
		return view.Elected{}, err
	}
	partitions, err := choosePartitions(t, in.Partitions)
	if err != nil {
		return view.Elected{}, err
	}
	how, word := kadm.ElectPreferredReplica, "preferred"
	result := view.Elected{Done: view.Done{DryRun: c.dryRun}}
	if in.Unclean {
		how, word = kadm.ElectLiveReplica, "unclean"
		result.Warnings = append(result.Warnings, "Records that only the lost replicas had are gone for good.")
	}
	line := k.line("kafka-leader-election", "--election-type", word, "--topic", t.name)
	if len(partitions) == 1 {
		line.add("--partition", strconv.Itoa(int(partitions[0])))
	}
	result.Command = line.String()
	if c.dryRun {
		result.Message = fmt.Sprintf("A leader of %s would be elected.", count(len(partitions), "partition"))
		return result, nil
	}
	set := kadm.TopicsSet{}
	set.Add(t.name, partitions...)
	answers, err := k.admin.ElectLeaders(c, how, set)
	if err != nil {
		return view.Elected{}, err
	}
	moved, asItWas := 0, 0
	for _, p := range partitions {
		row := view.PartitionResult{Topic: t.name, Partition: p, OK: true}
		switch r := answers[t.name][p]; {
		case errors.Is(r.Err, kerr.ElectionNotNeeded):
			asItWas++
		case r.Err != nil:
			row.OK, row.Problem = false, electionProblem(r)
		default:
			moved++
		}
		result.Partitions = append(result.Partitions, row)
	}
	result.Message = fmt.Sprintf("Leaders of %s elected; %d had the right one.", count(moved, "partition"), asItWas)
	c.changed(k, view.Event{Topic: t.name, Sentence: result.Message})
	k.settle(c, k.meta)
	return result, nil
}

// topicProducers asks leaders which producers they remember.
func (c *call) topicProducers() (view.ProducerList, error) {
	k, _, t, err := c.topicMeta()
	if err != nil {
		return view.ProducerList{}, err
	}
	set := kadm.TopicsSet{}
	all, err := choosePartitions(t, nil)
	if err != nil {
		return view.ProducerList{}, err
	}
	set.Add(t.name, all...)
	described, err := k.admin.DescribeProducers(c, set)
	if err != nil && len(described) == 0 {
		return view.ProducerList{}, err
	}
	var list view.ProducerList
	for _, p := range described.SortedProducers() {
		row := view.Producer{Partition: p.Partition, ProducerID: view.Int64(p.ProducerID), Epoch: int32(p.ProducerEpoch),
			LastSequence: p.LastSequence, LastWrite: view.Int64(p.LastTimestamp)}
		if p.CurrentTxnStartOffset >= 0 {
			from := view.Int64(p.CurrentTxnStartOffset)
			row.OpenTxnFrom = &from
		}
		list.Producers = append(list.Producers, row)
	}
	return list, nil
}

// liveAge is how old what a page shows may be.
const liveAge = time.Second

// withWords is a broker's error with its own words, where it has any.
func withWords(err error, words string) error {
	var kafka *kerr.Error
	if errors.As(err, &kafka) && words != "" {
		return brokerFailure(kafka.Code, &words)
	}
	return err
}

func electionProblem(r kadm.ElectLeadersResult) string {
	f, _ := explain(withWords(r.Err, r.ErrMessage))
	return f.message
}

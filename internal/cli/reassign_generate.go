package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/brolga-io/brolga/internal/wire"
)

// runGenerate proposes where to put the partitions of topics.
func (t *reassignTool) runGenerate() error {
	brokers, err := t.brokerList()
	if err != nil {
		return err
	}
	topics, err := t.topicsToMove()
	if err != nil {
		return err
	}
	current := map[topicPartition][]int32{}
	if len(topics) > 0 {
		if current, err = t.admin.replicasOf(topics); err != nil {
			return err
		}
		if err := mustHaveTopics(topics, current); err != nil {
			return err
		}
	}
	racks, err := t.brokerRacks(brokers)
	if err != nil {
		return err
	}
	proposed, err := propose(current, racks, t.env.Random)
	if err != nil {
		return err
	}
	if err := t.printCurrent("Current partition replica assignment\n%s\n\n", current); err != nil {
		return err
	}
	t.env.outf("Proposed partition reassignment configuration\n%s\n", assignmentJSON(proposed, nil))
	return nil
}

func (t *reassignTool) brokerList() ([]int32, error) {
	text, err := t.set.value(t.brokers)
	if err != nil {
		return nil, err
	}
	var ids []int32
	for _, word := range strings.Split(text, ",") {
		id, err := strconv.ParseInt(word, 10, 32)
		if err != nil {
			return nil, numberFormat(word)
		}
		ids = append(ids, int32(id))
	}
	if twice := repeated(ids); len(twice) > 0 {
		return nil, adminCommandFailed("Broker list contains duplicate entries: [" + joinIDs(twice, ", ") + "]")
	}
	return ids, nil
}

func (t *reassignTool) topicsToMove() ([]string, error) {
	text, err := t.readFile(t.topicsFile)
	if err != nil {
		return nil, err
	}
	fields, err := versionedJSON(text)
	if err != nil {
		return nil, err
	}
	raw, set := fields["topics"]
	if !set {
		return nil, nil
	}
	items, err := jsonValue{raw}.array()
	if err != nil {
		return nil, err
	}
	var topics []string
	for _, item := range items {
		fields, err := item.object()
		if err != nil {
			return nil, err
		}
		name, err := fields.field("topic")
		if err != nil {
			return nil, err
		}
		topic, err := name.text()
		if err != nil {
			return nil, err
		}
		topics = append(topics, topic)
	}
	if twice := repeated(topics); len(twice) > 0 {
		return nil, adminCommandFailed("List of topics to reassign contains duplicate entries: [" + strings.Join(twice, ", ") + "]")
	}
	return topics, nil
}

// brokerRack is a broker and its rack, empty where that does not matter.
type brokerRack struct {
	id   int32
	rack string
}

// brokerRacks returns those of the brokers that exist.
func (t *reassignTool) brokerRacks(brokers []int32) ([]brokerRack, error) {
	cluster, err := t.admin.describeCluster(clusterQuestion{})
	if err != nil {
		return nil, executionFailed(err)
	}
	var racks []brokerRack
	without := 0
	for _, n := range cluster.nodes {
		if !slices.Contains(brokers, n.id) {
			continue
		}
		b := brokerRack{id: n.id}
		if n.rack != nil && !t.set.has(t.noRacks) {
			b.rack = *n.rack
		} else {
			without++
		}
		racks = append(racks, b)
	}
	if without != 0 && without != len(racks) {
		return nil, adminOperationFailed("Not all brokers have rack information. Add --disable-rack-aware in command line to make replica assignment without rack information.")
	}
	return racks, nil
}

// propose gives each topic its number of partitions and replicas anew.
func propose(current map[topicPartition][]int32, racks []brokerRack, random func(int) int) (map[topicPartition][]int32, error) {
	proposed := map[topicPartition][]int32{}
	partitions := sortedPartitions(current)
	for len(partitions) > 0 {
		topic, factor := partitions[0].topic, len(current[partitions[0]])
		n := slices.IndexFunc(partitions, func(tp topicPartition) bool { return tp.topic != topic })
		if n < 0 {
			n = len(partitions)
		}
		if err := checkFactor(factor, len(racks)); err != nil {
			return nil, err
		}
		for i, replicas := range spread(racks, n, factor, random) {
			proposed[partitions[i]] = replicas
		}
		partitions = partitions[n:]
	}
	return proposed, nil
}

func checkFactor(factor, brokers int) error {
	text := ""
	switch {
	case brokers == 0:
		text = "All brokers are currently fenced, or have all their log directories cordoned."
	case factor > brokers:
		text = fmt.Sprintf("The target replication factor of %d cannot be reached because only %d broker(s) are registered or some brokers have "+
			"all their log directories cordoned.", factor, brokers)
	default:
		return nil
	}
	return brokerError(int16(wire.InvalidReplicationFactor), &text)
}

// spread places partitions so that leaders go round the brokers, the other
// replicas follow at a distance that grows with each round, and no rack gets a
// second replica before each has one.
func spread(racks []brokerRack, partitions, factor int, random func(int) int) [][]int32 {
	order := alternateRacks(racks)
	kinds := map[string]bool{}
	for _, b := range order {
		kinds[b.rack] = true
	}
	start, shift := random(len(order)), random(len(order))
	placed := make([][]int32, partitions)
	for p := range placed {
		if p > 0 && p%len(order) == 0 {
			shift++
		}
		first := (p + start) % len(order)
		replicas, used := []int32{order[first].id}, map[string]bool{order[first].rack: true}
		for k := 0; len(replicas) < factor; k++ {
			b := order[(first+1+(shift+k)%(len(order)-1))%len(order)]
			if !slices.Contains(replicas, b.id) && (!used[b.rack] || len(used) == len(kinds)) {
				replicas = append(replicas, b.id)
				used[b.rack] = true
			}
		}
		placed[p] = replicas
	}
	return placed
}

// alternateRacks takes one broker of each rack in turn.
func alternateRacks(racks []brokerRack) []brokerRack {
	byRack := map[string][]brokerRack{}
	var names []string
	for _, b := range racks {
		if byRack[b.rack] == nil {
			names = append(names, b.rack)
		}
		byRack[b.rack] = append(byRack[b.rack], b)
	}
	slices.Sort(names)
	order := make([]brokerRack, 0, len(racks))
	for i := 0; len(order) < len(racks); i++ {
		for _, name := range names {
			if i < len(byRack[name]) {
				order = append(order, byRack[name][i])
			}
		}
	}
	return order
}

package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

const existingReassignment = "Cannot execute because there is an existing partition assignment.  Use --additional to override this and " +
	"create a new partition assignment in addition to the existing one. The --additional flag can also be used to change the throttle by " +
	"resubmitting the current reassignment."

// runExecute starts the moves of a file.
func (t *reassignTool) runExecute() error {
	m, err := t.readMoves()
	if err == nil {
		err = m.checkExecutable()
	}
	if err != nil {
		return err
	}
	current, err := t.admin.reassignments(nil)
	if err != nil {
		return err
	}
	if len(current) > 0 && !t.set.has(t.additional) {
		return terse(existingReassignment)
	}
	replicas, err := t.currentReplicas(m)
	if err != nil {
		return err
	}
	if err := t.printCurrent("Current partition replica assignment\n\n%s\n\nSave this to use as the --reassignment-json-file option during rollback\n", replicas); err != nil {
		return err
	}
	if err := t.setThrottles(m, current, replicas); err != nil {
		return err
	}
	errs, err := t.admin.alterReassignments(m.replicas, !t.set.has(t.sameReplicaQty))
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return terse("Error reassigning partition(s):\n" + partitionErrors(errs))
	}
	t.env.outf("Successfully started partition reassignment%s for %s\n", plural(len(m.partitions)), joinPartitions(slices.Clone(m.partitions), ","))
	return t.startDirMoves(m.dirs)
}

// currentReplicas checks that the brokers and partitions of a file exist.
func (t *reassignTool) currentReplicas(m *moves) (map[topicPartition][]int32, error) {
	cluster, err := t.admin.describeCluster(clusterQuestion{})
	if err != nil {
		return nil, executionFailed(err)
	}
	for _, tp := range m.partitions {
		for _, id := range m.replicas[tp] {
			if !slices.Contains(cluster.ids(), id) {
				return nil, adminCommandFailed(fmt.Sprintf("Unknown broker id %d", id))
			}
		}
	}
	all, err := t.admin.replicasOf(m.topics())
	if err == nil {
		err = mustHaveTopics(m.topics(), all)
	}
	if err != nil {
		return nil, err
	}
	found := map[topicPartition][]int32{}
	var missing []topicPartition
	for _, tp := range m.partitions {
		if replicas, known := all[tp]; known {
			found[tp] = replicas
		} else {
			missing = append(missing, tp)
		}
	}
	if len(missing) > 0 {
		text := "Unable to find partition: " + joinPartitions(missing, ", ")
		return nil, executionFailed(brokerError(int16(wire.UnknownTopicOrPartition), &text))
	}
	return found, nil
}

// printCurrent shows where replicas are, with their log directories.
func (t *reassignTool) printCurrent(format string, replicas map[topicPartition][]int32) error {
	var all []partitionReplica
	for tp, ids := range replicas {
		for _, id := range ids {
			all = append(all, partitionReplica{tp, id})
		}
	}
	dirs, err := t.admin.replicaDirs(all)
	if err != nil {
		return err
	}
	names := map[partitionReplica]string{}
	for r, at := range dirs {
		if at.current != "" {
			names[r] = at.current
		}
	}
	t.env.outf(format, assignmentJSON(replicas, names))
	return nil
}

const retryDirMove = 100 * time.Millisecond

// startDirMoves asks until each broker has the replica that it shall move.
func (t *reassignTool) startDirMoves(dirs map[partitionReplica]string) error {
	timeoutMs, err := t.set.number(t.timeout)
	if err != nil {
		return err
	}
	pending := maps.Clone(dirs)
	giveUp := t.env.Now().Add(time.Duration(timeoutMs) * time.Millisecond)
	for len(pending) > 0 {
		begun, err := t.admin.alterReplicaDirs(pending)
		if err != nil {
			return err
		}
		for _, r := range begun {
			t.env.outf("Successfully started moving log directory to %s for replica %s-%d with broker %d \n", pending[r], r.topic, r.partition, r.broker)
			delete(pending, r)
		}
		if len(pending) > 0 && !t.env.Now().Before(giveUp) {
			return terse(fmt.Sprintf("Timed out before log directory move%s could be started for: %s", plural(len(pending)), joinReplicas(pending)))
		}
		if len(pending) > 0 {
			_ = sleep(context.Background(), retryDirMove)
		}
	}
	return nil
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

func joinReplicas(dirs map[partitionReplica]string) string {
	list := slices.SortedFunc(maps.Keys(dirs), compareReplicas)
	names := make([]string, len(list))
	for i, r := range list {
		names[i] = r.String()
	}
	return strings.Join(names, ",")
}

// runCancel stops the moves of a file that are under way.
func (t *reassignTool) runCancel() error {
	m, err := t.readMoves()
	if err != nil {
		return err
	}
	current, err := t.admin.reassignments(slices.Clone(m.partitions))
	if err != nil {
		return err
	}
	stop := map[topicPartition][]int32{}
	for tp, r := range current {
		if len(r.adding) > 0 || len(r.removing) > 0 {
			stop[tp] = nil
		}
	}
	if len(stop) == 0 {
		t.env.outln("None of the specified partition reassignments are active.")
	} else {
		errs, err := t.admin.alterReassignments(stop, true)
		if err != nil {
			return err
		}
		if len(errs) > 0 {
			return terse(fmt.Sprintf("Error cancelling partition reassignment%s for:\n%s", plural(len(errs)), partitionErrors(errs)))
		}
		t.env.outf("Successfully cancelled partition reassignment%s for: %s\n", plural(len(stop)), joinPartitions(sortedPartitions(stop), ","))
	}
	if err := t.cancelDirMoves(m); err != nil {
		return err
	}
	if t.set.has(t.preserveThrottles) {
		return nil
	}
	return t.clearThrottles(m)
}

// cancelDirMoves moves replicas back to the directory they are still in.
func (t *reassignTool) cancelDirMoves(m *moves) error {
	dirs, err := t.admin.replicaDirs(m.dirReplicas())
	if err != nil {
		return err
	}
	back := map[partitionReplica]string{}
	for _, r := range m.dirReplicas() {
		if at := dirs[r]; at.current != "" && at.future != "" {
			back[r] = at.current
		}
	}
	if len(back) == 0 {
		// The original ends no line here.
		t.env.outf("None of the specified partition moves are active.")
		return nil
	}
	return t.startDirMoves(back)
}

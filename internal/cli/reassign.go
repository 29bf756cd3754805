package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// runReassignPartitions is kafka-reassign-partitions.
func runReassignPartitions(env *Env, args []string) int {
	o := newReassignOptions()
	var err error
	if o.set, err = o.parser.parse(args); err != nil {
		env.errln(err.Error()) // without the table of options, as the original
		return 1
	}
	if err := o.check(env, args); err != nil {
		return o.parser.stop(env, err)
	}
	err = (&reassignTool{reassignOptions: o, env: env}).run()
	var short *terseError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &short):
		env.outln(err.Error())
	default:
		env.outln("Error: " + err.Error())
		env.outln(exceptionLine(err))
		env.outf("%s\n", causeLine(err))
	}
	return 1
}

// reassignTool is one run of kafka-reassign-partitions.
type reassignTool struct {
	*reassignOptions
	env   *Env
	admin *admin
}

func (t *reassignTool) run() error {
	props, err := fileProps(t.set, t.commandConfig)
	if err != nil {
		return err
	}
	props.orDefault("client.id", "reassign-partitions-tool")
	if t.set.has(t.controller) {
		servers, err := t.set.value(t.controller)
		if err != nil {
			return err
		}
		quorum, err := openControllers(t.env, props, servers)
		if err != nil {
			return err
		}
		defer quorum.Close()
		if t.admin, err = quorum.active(); err != nil {
			return err
		}
	} else {
		servers, err := t.set.value(t.bootstrap)
		if err != nil {
			return err
		}
		if t.admin, err = newAdmin(t.env, props, servers); err != nil {
			return err
		}
		defer t.admin.Close()
	}
	switch t.action {
	case t.verify:
		return t.runVerify()
	case t.generate:
		return t.runGenerate()
	case t.execute:
		return t.runExecute()
	case t.cancel:
		return t.runCancel()
	}
	return t.runList()
}

func (t *reassignTool) runList() error {
	current, err := t.admin.reassignments(nil)
	if err != nil {
		return err
	}
	if len(current) == 0 {
		t.env.outln("No partition reassignments found.")
		return nil
	}
	t.env.outln("Current partition reassignments:")
	for _, tp := range sortedPartitions(current) {
		r := current[tp]
		line := fmt.Sprintf("%s: replicas: %s.", tp, joinIDs(r.replicas, ","))
		if len(r.adding) > 0 {
			line += " adding: " + joinIDs(r.adding, ",") + "."
		}
		if len(r.removing) > 0 {
			line += " removing: " + joinIDs(r.removing, ",") + "."
		}
		t.env.outln(line)
	}
	return nil
}

// readMoves reads the file of --reassignment-json-file.
func (t *reassignTool) readMoves() (*moves, error) {
	text, err := t.readFile(t.file)
	if err != nil {
		return nil, err
	}
	return parseMoves(text)
}

func (m *moves) topics() []string {
	var topics []string
	for _, tp := range m.partitions {
		topics = append(topics, tp.topic)
	}
	return sortedCompact(topics)
}

func (m *moves) dirReplicas() []partitionReplica {
	var list []partitionReplica
	for r := range m.dirs {
		list = append(list, r)
	}
	slices.SortFunc(list, compareReplicas)
	return list
}

// runVerify says how far each partition and each replica is; when all is done
// it takes the throttles away.
func (t *reassignTool) runVerify() error {
	m, err := t.readMoves()
	if err != nil {
		return err
	}
	current, err := t.admin.reassignments(nil)
	if err != nil {
		return err
	}
	replicas, err := t.admin.replicasOf(m.topics())
	if err != nil {
		return err
	}
	t.env.outln(partitionStates(m, current, replicas))
	dirs, err := t.admin.replicaDirs(m.dirReplicas())
	if err != nil {
		return err
	}
	text, moving := dirStates(m, dirs)
	t.env.outln(text)
	if len(current) > 0 || moving || t.set.has(t.preserveThrottles) {
		return nil
	}
	return t.clearThrottles(m)
}

func partitionStates(m *moves, current map[topicPartition]reassignment, replicas map[topicPartition][]int32) string {
	lines := []string{"Status of partition reassignment:"}
	for _, tp := range sortedPartitions(m.replicas) {
		target := m.replicas[tp]
		_, active := current[tp]
		switch {
		case active:
			lines = append(lines, fmt.Sprintf("Reassignment of partition %s is still in progress.", tp))
		case slices.Equal(target, replicas[tp]):
			lines = append(lines, fmt.Sprintf("Reassignment of partition %s is completed.", tp))
		default:
			lines = append(lines, fmt.Sprintf("There is no active reassignment of partition %s, but replica set is %s rather than %s.",
				tp, joinIDs(replicas[tp], ","), joinIDs(target, ",")))
		}
	}
	return strings.Join(lines, "\n")
}

// dirStates also tells whether any replica is still being moved.
func dirStates(m *moves, dirs map[partitionReplica]replicaDir) (text string, moving bool) {
	var lines []string
	for _, r := range m.dirReplicas() {
		target := m.dirs[r]
		at, known := dirs[r]
		switch {
		case !known || at.current == "":
			lines = append(lines, fmt.Sprintf("Partition %s is not found in any live log dir on broker %d. There is likely an offline log directory on the broker.",
				r.topicPartition, r.broker))
		case at.future == target:
			moving = true
			lines = append(lines, fmt.Sprintf("Reassignment of replica %s is still in progress.", r))
		case at.future != "":
			moving = true
			lines = append(lines, fmt.Sprintf("Partition %s on broker %d is being moved to log dir %s instead of %s.", r.topicPartition, r.broker, at.future, target))
		case at.current == target:
			lines = append(lines, fmt.Sprintf("Reassignment of replica %s completed successfully.", r))
		default:
			lines = append(lines, fmt.Sprintf("Partition %s on broker %d is not being moved from log dir %s to %s.", r.topicPartition, r.broker, at.current, target))
		}
	}
	return strings.Join(lines, "\n"), moving
}

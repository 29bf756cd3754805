package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/wire"
)

// runLeaderElection is kafka-leader-election.
func runLeaderElection(env *Env, args []string) int {
	o := newLeaderElectionOptions()
	var err error
	if o.set, err = o.parser.parse(args); err == nil {
		err = o.parser.helpOrVersion(env, args, o.set, leaderElectionAbout)
	}
	switch err.(type) {
	case nil:
	case *usageError, *exitError:
		return o.parser.stop(env, err)
	default:
		return env.fail(err)
	}
	err = o.check()
	var wrong *usageError
	if errors.As(err, &wrong) {
		return o.parser.stop(env, err)
	}
	if err == nil {
		err = o.elect(env)
	}
	if err == nil {
		return 0
	}
	code := env.failCaused(err)
	var partial *electionError
	if errors.As(err, &partial) {
		for _, tp := range partial.failed {
			env.errln("\tSuppressed: " + exceptionLine(partial.reasons[tp]))
		}
	}
	return code
}

func (o *leaderElectionOptions) elect(env *Env) error {
	kind, err := o.kind()
	if err != nil {
		return err
	}
	partitions, err := o.partitions()
	if err != nil {
		return err
	}
	if o.set.has(o.adminConfig) {
		env.outln("Option --admin.config has been deprecated and will be removed in a future version. Use --command-config instead.")
		o.commandConfig = o.adminConfig
	}
	props, err := fileProps(o.set, o.commandConfig)
	if err != nil {
		return err
	}
	props.orDefault("default.api.timeout.ms", fmt.Sprint(electionTimeout.Milliseconds()))
	servers, err := o.set.value(o.bootstrap)
	if err != nil {
		return err
	}
	a, err := newAdmin(env, props, servers)
	if err != nil {
		return err
	}
	defer a.Close()
	results, err := a.electLeaders(kind, partitions)
	if err != nil {
		return electionFailed(env, err)
	}
	return printElection(env, kind, results)
}

// electLeaders returns what became of each partition; a nil list asks for all.
func (a *admin) electLeaders(kind int8, partitions []topicPartition) (map[topicPartition]error, error) {
	req := kmsg.NewPtrElectLeadersRequest()
	req.ElectionType, req.TimeoutMillis = kind, int32(a.timeout.Milliseconds())
	if partitions != nil {
		req.Topics = []kmsg.ElectLeadersRequestTopic{}
	}
	for _, tp := range partitions {
		i := slices.IndexFunc(req.Topics, func(t kmsg.ElectLeadersRequestTopic) bool { return t.Topic == tp.topic })
		if i < 0 {
			t := kmsg.NewElectLeadersRequestTopic()
			t.Topic = tp.topic
			req.Topics = append(req.Topics, t)
			i = len(req.Topics) - 1
		}
		req.Topics[i].Partitions = append(req.Topics[i].Partitions, tp.partition)
	}
	resp, err := call[*kmsg.ElectLeadersResponse](a, "electLeaders", req)
	if err != nil {
		return nil, err
	}
	if err := brokerError(resp.ErrorCode, nil); err != nil {
		return nil, err
	}
	results := map[topicPartition]error{}
	for _, t := range resp.Topics {
		for _, p := range t.Partitions {
			results[topicPartition{t.Topic, p.Partition}] = brokerError(p.ErrorCode, p.ErrorMessage)
		}
	}
	return results, nil
}

// electionFailed words the failure of the whole request.
func electionFailed(env *Env, err error) error {
	text := ""
	switch {
	case hasCode(err, wire.RequestTimedOut):
		text = "Timeout waiting for election results"
	case hasCode(err, wire.ClusterAuthorizationFailed):
		text = "Not authorized to perform leader election"
	default:
		failed := executionFailed(err)
		return &exception{class: "java.lang.RuntimeException", text: exceptionLine(failed), cause: failed}
	}
	env.outln(text)
	return &exception{class: "org.apache.kafka.tools.AdminCommandFailedException", text: text, cause: err}
}

func printElection(env *Env, kind int8, results map[topicPartition]error) error {
	name := "PREFERRED"
	if kind == electUnclean {
		name = "UNCLEAN"
	}
	var succeeded, noop, failed []topicPartition
	for tp, err := range results {
		switch {
		case err == nil:
			succeeded = append(succeeded, tp)
		case hasCode(err, wire.ElectionNotNeeded):
			noop = append(noop, tp)
		default:
			failed = append(failed, tp)
		}
	}
	if len(succeeded) > 0 {
		env.outf("Successfully completed leader election (%s) for partitions %s\n", name, joinPartitions(succeeded, ", "))
	}
	if len(noop) > 0 {
		env.outf("Valid replica already elected for partitions %s\n", joinPartitions(noop, ", "))
	}
	if len(failed) == 0 {
		return nil
	}
	slices.SortFunc(failed, comparePartitions)
	for _, tp := range failed {
		env.outf("Error completing leader election (%s) for partition: %s: %s\n", name, tp, exceptionLine(results[tp]))
	}
	return &electionError{adminCommandFailed(fmt.Sprintf("%d replica(s) could not be elected", len(failed))), failed, results}
}

// electionError says how many partitions got no leader, and why each did not.
type electionError struct {
	error
	failed  []topicPartition
	reasons map[topicPartition]error
}

func (e *electionError) Unwrap() error { return e.error }

// joinPartitions lists partitions in their order.
func joinPartitions(partitions []topicPartition, separator string) string {
	slices.SortFunc(partitions, comparePartitions)
	names := make([]string, len(partitions))
	for i, tp := range partitions {
		names[i] = tp.String()
	}
	return strings.Join(names, separator)
}

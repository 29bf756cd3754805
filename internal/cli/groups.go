package cli

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// runConsumerGroups is kafka-consumer-groups. Like the original it exits 0
// where the cluster refused what it was asked for.
func runConsumerGroups(env *Env, args []string) int {
	o := newGroupsOptions()
	var err error
	if o.set, err = o.parser.parse(args); err != nil {
		return o.parser.stop(env, err)
	}
	if err := o.check(env, args); err != nil {
		return o.parser.stop(env, err)
	}
	if o.set.has(o.validateRegex) {
		return validateRegex(env, o)
	}
	err = runGroups(env, o)
	var wrong *usageError
	var exit *exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &wrong) || errors.As(err, &exit):
		return o.parser.stop(env, err)
	case exceptionClass(err) == "java.lang.IllegalArgumentException":
		return o.parser.stop(env, usage("%s", err.Error()))
	}
	printGroupsError(env, "Executing consumer group command failed due to "+err.Error())
	env.errln(exceptionLine(err))
	return 0
}

func printGroupsError(env *Env, text string) { env.outf("\nError: %s\n", text) }

func validateRegex(env *Env, o *groupsOptions) int {
	pattern, err := o.set.value(o.validateRegex)
	if err != nil {
		return o.parser.stop(env, usage("%s", err.Error()))
	}
	_, err = syntax.Parse(pattern, syntax.Perl)
	var wrong *syntax.Error
	if errors.As(err, &wrong) {
		env.outf("The regular expression `%s` is invalid: %s.\n", pattern, wrong.Code)
		return 0
	}
	env.outf("The regular expression `%s` is valid.\n", pattern)
	return 0
}

// groupsTool is one run of kafka-consumer-groups.
type groupsTool struct {
	*admin
	*groupsOptions
}

func runGroups(env *Env, o *groupsOptions) error {
	t, err := openGroups(env, o)
	if err != nil {
		return err
	}
	defer t.Close()
	switch {
	case o.set.has(o.list):
		return t.listGroups()
	case o.set.has(o.describe):
		return t.describeGroups()
	case o.set.has(o.delete):
		return t.deleteGroups()
	case o.set.has(o.reset):
		return t.resetOffsets()
	default:
		return t.deleteGroupOffsets()
	}
}

func openGroups(env *Env, o *groupsOptions) (*groupsTool, error) {
	props, err := fileProps(o.set, o.commandConfig)
	if err != nil {
		return nil, err
	}
	bootstrap, err := o.set.value(o.bootstrap)
	if err != nil {
		return nil, err
	}
	a, err := newAdmin(env, props, bootstrap)
	if err != nil {
		return nil, err
	}
	ms, err := o.set.number(o.timeoutMs)
	if err != nil {
		a.Close()
		return nil, err
	}
	a.timeout = time.Duration(ms) * time.Millisecond
	return &groupsTool{a, o}, nil
}

// chosenGroups are the groups of --group, or all of them.
func (t *groupsTool) chosenGroups() ([]string, error) {
	if t.set.has(t.allGroups) {
		return t.groupIDs()
	}
	return t.set.all(t.group), nil
}

func (t *groupsTool) deleteGroups() error {
	groups, err := t.chosenGroups()
	if err != nil {
		return err
	}
	outcome, err := t.deleteEach(groups)
	if err != nil {
		return err
	}
	var deleted, failed []string
	for _, g := range groups {
		if err := outcome[g]; err != nil {
			failed = append(failed, fmt.Sprintf("* Group '%s' could not be deleted due to: %s", g, exceptionLine(err)))
		} else {
			deleted = append(deleted, "'"+g+"'")
		}
	}
	if len(failed) == 0 {
		t.env.outln("Deletion of requested consumer groups (" + strings.Join(deleted, ", ") + ") was successful.")
		return nil
	}
	printGroupsError(t.env, "Deletion of some consumer groups failed:")
	for _, line := range failed {
		t.env.outln(line)
	}
	if len(deleted) > 0 {
		t.env.outln("\nThese consumer groups were deleted successfully: " + strings.Join(deleted, ", "))
	}
	return nil
}

// deleteEach deletes groups one by one, so that one unreachable coordinator
// does not hide the outcome of the others.
func (a *admin) deleteEach(groups []string) (map[string]error, error) {
	outcome := map[string]error{}
	for _, g := range groups {
		req := kmsg.NewPtrDeleteGroupsRequest()
		req.Groups = []string{g}
		err := callEach(a, a.coordinatorCall("deleteConsumerGroups"), req, func(_ kgo.BrokerMetadata, resp *kmsg.DeleteGroupsResponse) {
			for _, r := range resp.Groups {
				outcome[r.Group] = brokerError(r.ErrorCode, nil)
			}
		})
		if err != nil {
			outcome[g] = err
		}
	}
	return outcome, nil
}

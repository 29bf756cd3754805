package cli

import (
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

const groupListingAbout = "This tool helps to list groups of all types."

// groupListingOptions are the options of kafka-groups.
type groupListingOptions struct {
	parser *optionParser
	set    *optionSet

	bootstrap, commandConfig, list, groupType *option
	protocol, consumer, share, streams        *option
}

func newGroupListingOptions() *groupListingOptions {
	p := newOptionParser()
	o := &groupListingOptions{parser: p}
	o.bootstrap = p.accepts("bootstrap-server", "REQUIRED: The Kafka server to connect to.").withRequired("server to connect to").mandatory()
	o.commandConfig = p.accepts("command-config", "Property file containing configs to be passed to Admin Client.").withRequired("command config property file")
	o.list = p.accepts("list", "List the groups.")
	o.groupType = p.accepts("group-type", "Filter the groups based on group type. Valid types are: 'classic', 'consumer', 'share' and 'streams'.").withRequired("type")
	o.protocol = p.accepts("protocol", "Filter the groups based on protocol type.").withRequired("protocol")
	o.consumer = p.accepts("consumer", "Filter the groups to show all kinds of consumer groups, including classic and simple consumer groups. "+
		"This matches group type 'consumer', and group type 'classic' where the protocol type is 'consumer' or empty.")
	o.share = p.accepts("share", "Filter the groups to show share groups.")
	o.streams = p.accepts("streams", "Filter the groups to show streams groups.")
	return o
}

// runGroupListing is kafka-groups: it lists groups of every type (KIP-1043).
func runGroupListing(env *Env, args []string) int {
	o := newGroupListingOptions()
	var err error
	if o.set, err = o.parser.parse(args); err != nil {
		return o.parser.stop(env, err)
	}
	filter, err := o.check(env, args)
	if err != nil {
		return o.parser.end(env, err)
	}
	props, err := fileProps(o.set, o.commandConfig)
	if err != nil {
		return o.parser.end(env, err)
	}
	if err := o.run(env, props, filter); err != nil {
		message, _, _ := strings.Cut(err.Error(), "\n")
		env.outln("Error while executing groups command : " + message)
		env.log("ERROR", exceptionLine(err)+"\n", "org.apache.kafka.tools.GroupsCommand")
		return 1
	}
	return 0
}

func (o *groupListingOptions) run(env *Env, props clientProps, filter *groupFilter) error {
	servers, err := o.set.value(o.bootstrap)
	if err != nil {
		return err
	}
	a, err := newAdmin(env, props, servers)
	if err != nil {
		return err
	}
	defer a.Close()
	groups, err := a.listAllGroups()
	if err != nil {
		return err
	}
	printGroupListing(env, slices.DeleteFunc(groups, func(g listedGroup) bool { return !filter.matches(g) }))
	return nil
}

func (o *groupListingOptions) check(env *Env, args []string) (*groupFilter, error) {
	if err := o.parser.helpOrVersion(env, args, o.set, groupListingAbout); err != nil {
		return nil, err
	}
	if !o.set.has(o.list) {
		return nil, usage("Command must include exactly one action: --list.")
	}
	f := &groupFilter{consumer: o.set.has(o.consumer), share: o.set.has(o.share), streams: o.set.has(o.streams)}
	var err error
	if f.groupType, err = o.set.value(o.groupType); err != nil {
		return nil, err
	}
	if o.set.has(o.groupType) && groupTypeName(f.groupType) == "" {
		return nil, illegalArgument("--group-type must be a valid group type.")
	}
	f.groupType, f.hasProtocol = groupTypeName(f.groupType), o.set.has(o.protocol)
	if f.protocol, err = o.set.value(o.protocol); err != nil {
		return nil, err
	}
	return f, firstError(
		refuseOptions(o.set, o.consumer, o.groupType, o.protocol, o.share, o.streams),
		refuseOptions(o.set, o.share, o.consumer, o.groupType, o.protocol, o.streams),
		refuseOptions(o.set, o.streams, o.consumer, o.groupType, o.protocol, o.share))
}

// groupTypeName is how Java prints a type that a user or a broker wrote in any
// case; empty for one that does not exist.
func groupTypeName(text string) string {
	for _, name := range []string{"Classic", "Consumer", "Share", "Streams"} {
		if strings.EqualFold(text, name) {
			return name
		}
	}
	return ""
}

// groupFilter says which groups to list.
type groupFilter struct {
	groupType, protocol      string
	hasProtocol              bool
	consumer, share, streams bool
}

func (f *groupFilter) matches(g listedGroup) bool {
	switch {
	case f.groupType != "":
		return g.groupType == f.groupType && (!f.hasProtocol || g.protocol == f.protocol)
	case f.hasProtocol:
		return g.protocol == f.protocol
	case f.consumer:
		return g.protocol == "consumer" || g.protocol == "" || g.groupType == "Consumer"
	case f.share:
		return g.groupType == "Share"
	case f.streams:
		return g.groupType == "Streams"
	}
	return true
}

type listedGroup struct{ id, groupType, protocol string }

// listAllGroups asks every broker for the groups it coordinates.
func (a *admin) listAllGroups() ([]listedGroup, error) {
	var groups []listedGroup
	var failed error
	err := callEach(a, "listGroups", kmsg.NewPtrListGroupsRequest(), func(_ kgo.BrokerMetadata, resp *kmsg.ListGroupsResponse) {
		failed = firstError(failed, brokerError(resp.ErrorCode, nil))
		for _, g := range resp.Groups {
			groups = append(groups, listedGroup{g.Group, groupTypeName(g.GroupType), g.ProtocolType})
		}
	})
	slices.SortFunc(groups, func(a, b listedGroup) int { return strings.Compare(a.id, b.id) })
	return groups, firstError(err, failed)
}

func printGroupListing(env *Env, groups []listedGroup) {
	width := 20
	for _, g := range groups {
		width = max(width, len(g.id), len(g.groupType), len(g.protocol))
	}
	env.outf("%-*s %-*s %-*s\n", width, "GROUP", width, "TYPE", width, "PROTOCOL")
	for _, g := range groups {
		env.outf("%-*s %-*s %-*s \n", width, g.id, width, g.groupType, width, g.protocol)
	}
}

package cli

import (
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

var groupTypes = []string{"Consumer", "Classic"}

// groupStates are the states of consumer groups, in the order of the message.
var groupStates = []string{"CompletingRebalance", "PreparingRebalance", "Dead", "Empty", "Reconciling", "Assigning", "Stable"}

// groupListing is one group as the cluster lists it.
type groupListing struct{ id, state, kind string }

func (t *groupsTool) listGroups() error {
	if !t.set.has(t.state) && !t.set.has(t.typeOpt) {
		ids, err := t.groupIDs()
		for _, id := range ids {
			t.env.outln(id)
		}
		return err
	}
	states, err := t.wantedStates()
	if err != nil {
		return err
	}
	kinds, err := t.wantedTypes()
	if err != nil {
		return err
	}
	listings, err := t.consumerGroups(states, kinds)
	if err != nil {
		return executionFailed(err)
	}
	t.printListings(listings)
	return nil
}

func (t *groupsTool) groupIDs() ([]string, error) {
	listings, err := t.consumerGroups(nil, nil)
	if err != nil {
		return nil, runtimeFailed(err)
	}
	ids := make([]string, len(listings))
	for i, l := range listings {
		ids[i] = l.id
	}
	return ids, nil
}

// consumerGroups asks every broker for its classic and consumer groups, sorted
// by id. No states or types means all of them.
func (a *admin) consumerGroups(states, kinds []string) ([]groupListing, error) {
	if len(kinds) == 0 {
		kinds = groupTypes
	}
	req := kmsg.NewPtrListGroupsRequest()
	req.StatesFilter = states
	for _, kind := range kinds {
		req.TypesFilter = append(req.TypesFilter, strings.ToLower(kind))
	}
	var listings []groupListing
	var failed error
	err := callEach(a, "listGroups", req, func(_ kgo.BrokerMetadata, resp *kmsg.ListGroupsResponse) {
		failed = firstError(failed, brokerError(resp.ErrorCode, nil))
		for _, g := range resp.Groups {
			if g.ProtocolType == "" || g.ProtocolType == "consumer" {
				listings = append(listings, groupListing{g.Group, g.GroupState, g.GroupType})
			}
		}
	})
	if err != nil && !a.connected.Load() {
		err = &exception{class: "org.apache.kafka.common.KafkaException", text: "Failed to find brokers to send ListGroups", cause: err}
	}
	if err := firstError(err, failed); err != nil {
		return nil, err
	}
	slices.SortFunc(listings, func(x, y groupListing) int { return strings.Compare(x.id, y.id) })
	return listings, nil
}

func (t *groupsTool) wantedStates() ([]string, error) {
	text, err := t.set.value(t.state)
	if err != nil || text == "" {
		return nil, err
	}
	names, ok := matchNames(text, groupStates)
	if !ok {
		return nil, illegalArgument("Invalid state list '" + text + "'. Valid states are: " + strings.Join(groupStates, ", "))
	}
	return names, nil
}

func (t *groupsTool) wantedTypes() ([]string, error) {
	text, err := t.set.value(t.typeOpt)
	if err != nil || text == "" {
		return nil, err
	}
	names, ok := matchNames(text, groupTypes)
	if !ok {
		return nil, illegalArgument("Invalid types list '" + text + "'. Valid types are: Consumer, Classic")
	}
	return names, nil
}

// matchNames reads a comma list of names without regard to case.
func matchNames(text string, known []string) ([]string, bool) {
	var names []string
	for _, word := range strings.Split(text, ",") {
		i := slices.IndexFunc(known, func(k string) bool { return strings.EqualFold(k, strings.TrimSpace(word)) })
		if i < 0 {
			return nil, false
		}
		names = append(names, known[i])
	}
	return names, true
}

func (t *groupsTool) printListings(listings []groupListing) {
	width := 15
	for _, l := range listings {
		width = max(width, len(l.id))
	}
	row := func(id, kind, state string) {
		t.env.outf("%-*s", width+10, id)
		if t.set.has(t.typeOpt) {
			t.env.outf(" %-20s", kind)
		}
		if t.set.has(t.state) {
			t.env.outf(" %-20s", state)
		}
		t.env.outln("")
	}
	row("GROUP", "TYPE", "STATE")
	for _, l := range listings {
		row(l.id, orUnknown(titleCase(l.kind)), orUnknown(l.state))
	}
}

func titleCase(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func orUnknown(s string) string {
	if s == "" {
		return "Unknown"
	}
	return s
}

package cli

import (
	"fmt"
	"strconv"
	"strings"
)

// warnOfState says what a reader must know before the table; false means that
// there is nothing to show.
func (t *groupsTool) warnOfState(d *describedGroup, rows int) bool {
	switch d.state {
	case "Dead":
		printGroupsError(t.env, "Consumer group '"+d.id+"' does not exist.")
		return false
	case "Empty":
		t.env.errln("\nConsumer group '" + d.id + "' has no active members.")
	case "PreparingRebalance", "CompletingRebalance", "Assigning", "Reconciling":
		t.env.errln("\nWarning: Consumer group '" + d.id + "' is rebalancing.")
	}
	return rows > 0
}

// table prints columns left aligned, each as wide as its widest value and at
// least as wide as its minimum; the last column is not padded.
type table struct {
	columns []tableColumn
	rows    [][]string
}

type tableColumn struct {
	name  string
	width int
}

func (t *table) add(values ...string) { t.rows = append(t.rows, values) }

// fit widens a column to its values.
func (t *table) fit(columns ...int) {
	for _, c := range columns {
		for _, row := range t.rows {
			t.columns[c].width = max(t.columns[c].width, len(row[c]))
		}
	}
}

// format returns one line; a width of 0 leaves the value as it is.
func (t *table) format(values []string) string {
	var b strings.Builder
	for i, v := range values {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(pad(v, t.columns[i].width))
	}
	return b.String()
}

func (t *table) header() string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	return t.format(names)
}

func (t *groupsTool) printOffsets(d *describedGroup, rows []offsetRow) {
	if !t.warnOfState(d, len(rows)) {
		return
	}
	verbose := t.set.has(t.verbose)
	tab := &table{columns: []tableColumn{{"GROUP", 15}, {"TOPIC", 15}, {"PARTITION", 10}, {"LEADER-EPOCH", 15},
		{"CURRENT-OFFSET", 15}, {"LOG-END-OFFSET", 15}, {"LAG", 15}, {"CONSUMER-ID", 15}, {"HOST", 15}, {"CLIENT-ID", 0}}}
	for _, r := range rows {
		consumer, host, client := r.member.id, r.member.host, r.member.clientID
		if r.hasNoConsumer {
			consumer, host, client = "-", "-", "-"
		}
		tab.add(d.id, r.topic, strconv.Itoa(int(r.partition)), epochText(r.epoch), numberText(r.offset), numberText(r.end), r.lag(), consumer, host, client)
	}
	tab.fit(0, 1, 7, 8)
	if !verbose {
		tab.drop(3)
	}
	t.env.outf("\n%s", tab.header())
	for _, row := range tab.rows {
		t.env.outf("\n%s", tab.format(row))
	}
	t.env.outln("")
}

// drop removes a column.
func (t *table) drop(c int) {
	t.columns = append(t.columns[:c:c], t.columns[c+1:]...)
	for i, row := range t.rows {
		t.rows[i] = append(row[:c:c], row[c+1:]...)
	}
}

func (r offsetRow) lag() string {
	if r.offset == nil || r.end == nil {
		return "-"
	}
	return strconv.FormatInt(*r.end-*r.offset, 10)
}

func numberText(n *int64) string {
	if n == nil {
		return "-"
	}
	return strconv.FormatInt(*n, 10)
}

func epochText(epoch int32) string {
	if epoch < 0 {
		return "-"
	}
	return strconv.Itoa(int(epoch))
}

func (t *groupsTool) printMembers(d *describedGroup) {
	t.warnOfState(d, len(d.members))
	tab := &table{columns: []tableColumn{{"GROUP", 15}, {"CONSUMER-ID", 15}, {"GROUP-INSTANCE-ID", 17}, {"HOST", 15}, {"CLIENT-ID", 15},
		{"#PARTITIONS", 15}, {"CURRENT-EPOCH", 15}, {"CURRENT-ASSIGNMENT", 20}, {"TARGET-EPOCH", 15}, {"TARGET-ASSIGNMENT", 20}, {"UPGRADED", 0}}}
	static, classic, upgraded := false, false, false
	for _, m := range d.members {
		tab.add(d.id, m.id, m.instanceID, m.host, m.clientID, strconv.Itoa(len(m.assigned)),
			epochText(m.epoch), assignmentText(m.assigned), epochText(d.assignmentEpoch), assignmentText(m.target), orDash(m.upgraded))
		static = static || m.instanceID != ""
		classic = classic || m.upgraded == "false"
		upgraded = upgraded || m.upgraded == "true"
	}
	tab.fit(0, 1, 2, 3, 4, 7, 9)
	if !classic || !upgraded {
		tab.drop(10)
	}
	last := len(tab.columns)
	if !t.set.has(t.verbose) {
		last = 6
	}
	for c := len(tab.columns) - 1; c >= last; c-- {
		tab.drop(c)
	}
	if !static {
		tab.drop(2)
	}
	// Without more columns the original ends a row with the separator.
	end := "\n"
	if !t.set.has(t.verbose) {
		end = " \n"
	}
	t.env.outf("\n%s%s", tab.header(), end)
	for _, row := range tab.rows {
		t.env.outf("%s%s", tab.format(row), end)
	}
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func (t *groupsTool) printState(d *describedGroup) {
	if !t.warnOfState(d, 1) {
		return
	}
	tab := &table{columns: []tableColumn{{"GROUP", 15}, {"COORDINATOR (ID)", 25}, {"ASSIGNMENT-STRATEGY", 20}, {"STATE", 20},
		{"GROUP-EPOCH", 15}, {"TARGET-ASSIGNMENT-EPOCH", 25}, {"#MEMBERS", 0}}}
	coordinator := fmt.Sprintf("%s:%d  (%d)", d.coordinator.Host, d.coordinator.Port, d.coordinator.NodeID)
	tab.add(d.id, coordinator, orDash(d.assignor), d.state, epochText(d.epoch), epochText(d.assignmentEpoch), strconv.Itoa(len(d.members)))
	tab.fit(0, 1)
	if !t.set.has(t.verbose) {
		tab.drop(5)
		tab.drop(4)
	}
	t.env.outf("\n%s\n%s\n", tab.header(), tab.format(tab.rows[0]))
}

package peer

import (
	"strings"
	"testing"
)

// AdminLines lets a driver's client do what admin clients do, and returns what it
// printed, tabs between the fields, "ok" or the error's name as outcome:
//
//	cluster       number of brokers, controller
//	create        topic fresh with two partitions and retention.ms; twice
//	config        retention.ms of fresh, whether it is the default
//	alter         retention.ms, and config again
//	grow          to three partitions, then to one
//	listed        whether fresh is among the topics
//	group         whether group is among the groups, its state
//	offsets       of group, in Java and kafkajs with metadata
//	reset         the offset of partition 0 of given to 4, and offsets again
//	records       of given before offset 3 deleted: the new low watermark
//	delete group  twice
//	delete        topic fresh; twice
func AdminLines(t testing.TB, c Client, address, given, fresh, group string) []string {
	t.Helper()
	d, ok := c.(driver)
	if !ok {
		t.Fatalf("%s has no driver", c.Name())
	}
	var lines []string
	for _, fields := range d.run(t, "", "admin", address, nil, given, fresh, group) {
		lines = append(lines, strings.Join(fields, "\t"))
	}
	return lines
}

package tidy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// withTransactions are the faults of what brolga does not have yet.
var withTransactions = []string{
	"KAFKA-9777, KAFKA-10080, KAFKA-6917, KAFKA-16352", "KAFKA-14402, KIP-890", "3036", "6018, 6019", "31483, 6423",
}

// mechanisms are faults that docs/failure-history.md must speak of: one for each rule of
// replication, of the quorum and of recovery that was made because of it.
var mechanisms = []string{
	"KIP-106", "KIP-966", "KIP-101", "KIP-279", "KIP-320", "KAFKA-7128", "KIP-841", "KIP-903", "KIP-704", "KAFKA-12460",
	"KAFKA-14704", "KAFKA-13091", "KAFKA-13254", "KAFKA-3978", "KAFKA-16452", "KAFKA-10778", "KAFKA-16541", "KAFKA-10432",
	"KAFKA-10471", "KAFKA-12520", "KAFKA-7866", "KAFKA-9144", "KAFKA-9777", "KAFKA-14402", "KAFKA-8069", "KAFKA-5600",
	"KAFKA-7286", "KAFKA-4399", "KAFKA-7447", "KAFKA-12890", "KAFKA-9752", "KAFKA-9844", "KAFKA-12257", "KAFKA-7322",
	"KAFKA-9826", "KAFKA-6324", "KAFKA-14034",
	"3039", "3003", "6018", "5355", "2326", "10669", "31483", "7564", "7567", "7549", "7556", "7545", "6888",
	"hashicorp/raft 212", "hashicorp/raft 477", "hashicorp/raft 308",
}

// TestFailureHistoryIsTested: every fault has tests that exist, and every test that is
// named after a fault is in docs/failure-history.md.
func TestFailureHistoryIsTested(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "failure-history.md"))
	if err != nil {
		t.Fatal(err)
	}
	tests := testsOfRooms(t)
	row := regexp.MustCompile(`(?m)^\| ([^|]+) \| [^|]+ \| ([^|]+) \|$`)
	quoted := regexp.MustCompile("`([a-z]+\\.Test[A-Za-z0-9]+)`")
	named, faults := map[string]bool{}, map[string]bool{}
	for _, m := range row.FindAllStringSubmatch(string(text), -1) {
		fault, cell := m[1], m[2]
		if fault == "fault" {
			continue
		}
		for one := range strings.SplitSeq(fault, ", ") {
			faults[one] = true
		}
		found := quoted.FindAllStringSubmatch(cell, -1)
		if len(found) == 0 && (cell != "with transactions" || !slices.Contains(withTransactions, fault)) {
			t.Errorf("%s has no test", fault)
		}
		for _, f := range found {
			named[f[1]] = true
			if !tests[f[1]] {
				t.Errorf("%s: there is no test %s", fault, f[1])
			}
		}
	}
	for _, fault := range mechanisms {
		if !faults[fault] {
			t.Errorf("there is no row for %s", fault)
		}
	}
	after := regexp.MustCompile(`\.Test(KAFKA|KIP|NATS|Redpanda|Raft)[0-9]`)
	for name := range tests {
		if after.MatchString(name) && !named[name] {
			t.Errorf("%s is in no row", name)
		}
	}
}

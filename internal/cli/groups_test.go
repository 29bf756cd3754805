package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestResetPlan(t *testing.T) {
	for _, c := range []struct {
		text   string
		groups []string
		want   string
	}{
		{"t,0,5\nt,1,6\n", []string{"g"}, "map[g:map[t-0:5 t-1:6]]"},
		{"g,t,0,5\nh,t,1,6\n", []string{"g"}, "map[g:map[t-0:5] h:map[t-1:6]]"},
		{"g,t,0,5\n", []string{"g", "h"}, "map[g:map[t-0:5]]"},
		{"\"a,b\",0,5\n\n", []string{"g"}, "map[g:map[a,b-0:5]]"},
		{"", []string{"g"}, "map[]"},
		{"t,0,5\n", []string{"g", "h"}, "line 1: expected group,topic,partition,offset but found 3 fields"},
		{"t,x,5\n", []string{"g"}, `line 1: "x" is not a partition`},
		{"t,0,5\nt,0,y\n", []string{"g"}, `line 2: "y" is not an offset`},
	} {
		path := filepath.Join(t.TempDir(), "plan.csv")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		plan, err := readResetPlan(path, c.groups)
		got := fmt.Sprint(plan)
		if err != nil {
			got = strings.TrimPrefix(err.Error(), path+", ")
		}
		if got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}

func FuzzResetPlan(f *testing.F) {
	f.Add("g,t,0,5\n\"a,\",1,2\n")
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "plan.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, _ = readResetPlan(path, []string{"g"})
	})
}

func TestCSVLine(t *testing.T) {
	if got := csvLine([]string{"g", `a"b`, "1"}); got != `g,"a""b",1` {
		t.Errorf("line %s", got)
	}
}

func TestTableWidths(t *testing.T) {
	tab := &table{columns: []tableColumn{{"A", 3}, {"B", 4}, {"C", 0}}}
	tab.add("long one", "x", "last")
	tab.fit(0)
	if got := tab.header() + "|" + tab.format(tab.rows[0]); got != "A        B    C|long one x    last" {
		t.Errorf("printed %q", got)
	}
	tab.drop(1)
	if got := tab.header() + "|" + tab.format(tab.rows[0]); got != "A        C|long one last" {
		t.Errorf("without B %q", got)
	}
}

func TestAssignmentText(t *testing.T) {
	for want, partitions := range map[string][]topicPartition{
		"-":         nil,
		"t:0,1,10":  {{"t", 10}, {"t", 0}, {"t", 1}},
		"a:0;b:1,2": {{"b", 2}, {"a", 0}, {"b", 1}},
	} {
		if got := assignmentText(partitions); got != want {
			t.Errorf("%v: %s, want %s", partitions, got, want)
		}
	}
}

// A group that rebalances is a warning above the table, not an error.
func TestStateWarnings(t *testing.T) {
	for state, want := range map[string]string{
		"Stable":              "",
		"Empty":               "\nConsumer group 'g' has no active members.\n",
		"PreparingRebalance":  "\nWarning: Consumer group 'g' is rebalancing.\n",
		"CompletingRebalance": "\nWarning: Consumer group 'g' is rebalancing.\n",
		"Assigning":           "\nWarning: Consumer group 'g' is rebalancing.\n",
		"Reconciling":         "\nWarning: Consumer group 'g' is rebalancing.\n",
	} {
		env, stdout, stderr := testEnv("")
		tool := &groupsTool{admin: &admin{kafkaClient: &kafkaClient{env: env}}}
		if !tool.warnOfState(&describedGroup{id: "g", state: state}, 1) || stderr.String() != want || stdout.Len() > 0 {
			t.Errorf("%s: %q, %q", state, stderr, stdout)
		}
	}
	env, stdout, _ := testEnv("")
	tool := &groupsTool{admin: &admin{kafkaClient: &kafkaClient{env: env}}}
	if tool.warnOfState(&describedGroup{id: "g", state: "Dead"}, 1) || stdout.String() != "\nError: Consumer group 'g' does not exist.\n" {
		t.Errorf("dead: %q", stdout)
	}
}

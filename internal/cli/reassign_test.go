package cli

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseMoves(t *testing.T) {
	for text, want := range map[string]string{
		`{"version":1,"partitions":[{"topic":"t","partition":1,"replicas":[2,1],"log_dirs":["any","/d"]},{"topic":"t","partition":0,"replicas":[1]}]}`: "",
		`{"partitions":[{"topic":"t","partition":0,"replicas":[1]}]}`:                                                                                  "",
		`{}`:              "Partition reassignment list cannot be empty",
		`nonsense`:        "The input string is not a valid JSON",
		`[1]`:             "Expected JSON object, received [1]",
		`{"version":"1"}`: "Expected `Integer` value, received \"1\"",
		`{"version":2}`:   "Not supported version field value 2",
		`{"partitions":[{"topic":"t","partition":0}]}`:                                                           "No such field exists: `replicas`",
		`{"partitions":[{"topic":"t","partition":0,"replicas":[]}]}`:                                             "Partition replica list cannot be empty",
		`{"partitions":[{"topic":"t","partition":0,"replicas":["1"]}]}`:                                          "Expected `Integer` value, received \"1\"",
		`{"partitions":[{"topic":"t","partition":0,"replicas":[1,2],"log_dirs":["any"]}]}`:                       "Size of replicas list [1, 2] is different from size of log dirs list [any] for partition t-0",
		`{"partitions":[{"topic":"t","partition":0,"replicas":[1],"log_dirs":[1]}]}`:                             "Expected `String` value, received 1",
		`{"partitions":[{"topic":"t","partition":0,"replicas":[1,2,1,2]}]}`:                                      "Partition replica lists may not contain duplicate entries: t-0 contains multiple entries for 1,2",
		`{"partitions":[{"topic":"t","partition":0,"replicas":[1]},{"topic":"t","partition":0,"replicas":[2]}]}`: "Partition reassignment contains duplicate topic partitions: t-0",
	} {
		m, err := parseMoves(text)
		if err == nil {
			err = m.checkExecutable()
		}
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestAssignmentJSON(t *testing.T) {
	got := assignmentJSON(map[topicPartition][]int32{{"t", 10}: {1, 2}, {"t", 9}: {3}}, map[partitionReplica]string{{topicPartition{"t", 10}, 2}: "/d<"})
	want := `{"version":1,"partitions":[{"topic":"t","partition":9,"replicas":[3],"log_dirs":["any"]},{"topic":"t","partition":10,"replicas":[1,2],"log_dirs":["any","/d<"]}]}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	m, err := parseMoves(got)
	if err != nil || len(m.partitions) != 2 || len(m.dirs) != 1 {
		t.Errorf("what is written is read as %+v, %v", m, err)
	}
}

func TestPartitionStates(t *testing.T) {
	m, err := parseMoves(`{"partitions":[{"topic":"t","partition":10,"replicas":[1,2]},{"topic":"t","partition":2,"replicas":[3]},{"topic":"t","partition":1,"replicas":[3]},{"topic":"gone","partition":0,"replicas":[1]}]}`)
	if err != nil {
		t.Fatal(err)
	}
	got := partitionStates(m, map[topicPartition]reassignment{{"t", 2}: {replicas: []int32{1, 3}, adding: []int32{3}}},
		map[topicPartition][]int32{{"t", 10}: {1, 2}, {"t", 1}: {3, 1}, {"t", 2}: {1, 3}})
	want := `Status of partition reassignment:
There is no active reassignment of partition gone-0, but replica set is  rather than 1.
There is no active reassignment of partition t-1, but replica set is 3,1 rather than 3.
Reassignment of partition t-2 is still in progress.
Reassignment of partition t-10 is completed.`
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestDirStates(t *testing.T) {
	m := &moves{dirs: map[partitionReplica]string{}}
	dirs := map[partitionReplica]replicaDir{}
	for i, at := range []replicaDir{{}, {current: "/a"}, {current: "/to"}, {current: "/a", future: "/to"}, {current: "/a", future: "/b"}} {
		r := partitionReplica{topicPartition{"t", int32(i)}, 1}
		m.dirs[r] = "/to"
		if i > 0 {
			dirs[r] = at
		}
	}
	got, moving := dirStates(m, dirs)
	want := `Partition t-0 is not found in any live log dir on broker 1. There is likely an offline log directory on the broker.
Partition t-1 on broker 1 is not being moved from log dir /a to /to.
Reassignment of replica t-2-1 completed successfully.
Reassignment of replica t-3-1 is still in progress.
Partition t-4 on broker 1 is being moved to log dir /b instead of /to.`
	if got != want || !moving {
		t.Errorf("moving %v, got:\n%s\nwant:\n%s", moving, got, want)
	}
}

func TestProposedRoutes(t *testing.T) {
	m, err := parseMoves(`{"partitions":[{"topic":"t","partition":0,"replicas":[2,3]},{"topic":"t","partition":1,"replicas":[1,4]}]}`)
	if err != nil {
		t.Fatal(err)
	}
	routes := proposedRoutes(m, map[topicPartition]reassignment{
		{"t", 1}: {replicas: []int32{1, 2, 3}, adding: []int32{3}, removing: []int32{2}},
		{"u", 0}: {replicas: []int32{5, 6}, adding: []int32{6}},
	}, map[topicPartition][]int32{{"t", 0}: {1, 2}, {"t", 1}: {1, 2, 3}})
	for tp, want := range map[topicPartition]string{{"t", 0}: "[1 2] [3]", {"t", 1}: "[1 2] [4]", {"u", 0}: "[5] [6]"} {
		if got := fmt.Sprint(routes[tp].sources, routes[tp].destinations); got != want {
			t.Errorf("%s moves %s, want %s", tp, got, want)
		}
	}
}

// Whatever the racks: no broker twice, every rack before any twice, and leaders
// spread evenly.
func TestSpread(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		brokers := rapid.IntRange(1, 12).Draw(t, "brokers")
		kinds := rapid.IntRange(1, 4).Draw(t, "racks")
		factor := rapid.IntRange(1, brokers).Draw(t, "factor")
		partitions := rapid.IntRange(1, 40).Draw(t, "partitions")
		racks, rackOf, known := make([]brokerRack, brokers), map[int32]string{}, map[string]bool{}
		for i := range racks {
			rack := fmt.Sprint("r", rapid.IntRange(1, kinds).Draw(t, "rack"))
			racks[i] = brokerRack{int32(i * 3), rack}
			rackOf[int32(i*3)], known[rack] = rack, true
		}
		leaders := map[int32]int{}
		for _, replicas := range spread(racks, partitions, factor, func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "random") }) {
			if len(replicas) != factor || len(repeated(replicas)) > 0 {
				t.Fatalf("replicas %v of %d brokers, factor %d", replicas, brokers, factor)
			}
			used := map[string]bool{}
			for _, id := range replicas {
				used[rackOf[id]] = true
			}
			if len(used) != min(factor, len(known)) {
				t.Fatalf("%v uses %d racks of %d", replicas, len(used), len(known))
			}
			leaders[replicas[0]]++
		}
		for id, n := range leaders {
			if n > partitions/brokers+1 {
				t.Fatalf("broker %d leads %d of %d partitions on %d brokers", id, n, partitions, brokers)
			}
		}
	})
}

func TestCheckFactor(t *testing.T) {
	if checkFactor(3, 3) != nil || checkFactor(4, 3) == nil || checkFactor(1, 0) == nil {
		t.Error("a factor of at most the number of brokers is possible, no other")
	}
}

func TestReassignOptions(t *testing.T) {
	for args, want := range map[string]string{
		"--bootstrap-server a:1 --list": "",
		"--bootstrap-controller a:1 --cancel --reassignment-json-file f --timeout 5 --preserve-throttles":                                                                            "",
		"--bootstrap-server a:1 --execute --reassignment-json-file f --additional --throttle 5 --replica-alter-log-dirs-throttle 6 --timeout 1 --disallow-replication-factor-change": "",
		"--bootstrap-server a:1 --generate --topics-to-move-json-file f --broker-list 1,2 --disable-rack-aware":                                                                      "",
		"--bootstrap-server a:1 --list --timeout 4":                       `Option "[timeout]" can't be used with action "[list]"`,
		"--bootstrap-controller a:1 --execute --reassignment-json-file f": `Option "[bootstrap-controller]" can't be used with action "[execute]"`,
	} {
		o := newReassignOptions()
		env, _, _ := testEnv("")
		words := strings.Fields(args)
		var err error
		if o.set, err = o.parser.parse(words); err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := o.check(env, words); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", args, got, want)
		}
	}
}

func TestRepeated(t *testing.T) {
	if got := repeated([]int32{1, 2, 1, 1, 3, 2}); !slices.Equal(got, []int32{1, 2}) {
		t.Errorf("%v", got)
	}
}

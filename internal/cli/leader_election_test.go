package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/wire"
)

func TestPrintElection(t *testing.T) {
	env, stdout, _ := testEnv("")
	refused := brokerError(int16(wire.PreferredLeaderNotAvailable), nil)
	err := printElection(env, electPreferred, map[topicPartition]error{
		{"t", 10}: nil, {"t", 9}: nil, {"a", 0}: nil,
		{"b", 0}: brokerError(int16(wire.ElectionNotNeeded), nil),
		{"z", 1}: refused, {"c", 1}: refused,
	})
	want := `Successfully completed leader election (PREFERRED) for partitions a-0, t-9, t-10
Valid replica already elected for partitions b-0
Error completing leader election (PREFERRED) for partition: c-1: org.apache.kafka.common.errors.PreferredLeaderNotAvailableException: The preferred leader was not available.
Error completing leader election (PREFERRED) for partition: z-1: org.apache.kafka.common.errors.PreferredLeaderNotAvailableException: The preferred leader was not available.
`
	if got := stdout.String(); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
	var partial *electionError
	if !errors.As(err, &partial) || len(partial.failed) != 2 || err.Error() != "2 replica(s) could not be elected" {
		t.Errorf("ended with %v", err)
	}
}

func TestElectionFailed(t *testing.T) {
	for code, want := range map[wire.ErrorCode]string{
		wire.RequestTimedOut:            "Timeout waiting for election results",
		wire.ClusterAuthorizationFailed: "Not authorized to perform leader election",
		wire.NotController:              "",
	} {
		env, stdout, _ := testEnv("")
		err := electionFailed(env, brokerError(int16(code), nil))
		if got := strings.TrimSpace(stdout.String()); got != want {
			t.Errorf("%v prints %q, want %q", code, got, want)
		}
		if want == "" && !strings.HasPrefix(err.Error(), "java.util.concurrent.ExecutionException: ") {
			t.Errorf("%v ends with %v", code, err)
		}
	}
}

func TestReadElectionFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "e.json")
	for text, want := range map[string]string{
		`{"partitions":[{"topic":"t","partition":3},{"topic":"u","partition":0}]}`: "t-3 u-0",
		`{"partitions":[]}`:                "",
		`[]`:                               "Expected JSON object, received []",
		`{"partitions":{}}`:                "Expected JSON array, received {}",
		`{"partitions":[{"topic":"t"}]}`:   "No such field exists: `partition`",
		`{"partitions":[{"partition":1}]}`: "No such field exists: `topic`",
		`{"partitions":[{"topic":1,"partition":1}]}`:     "Expected `String` value, received 1",
		`{"partitions":[{"topic":"t","partition":"1"}]}`: "Expected `Integer` value, received \"1\"",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		partitions, err := readElectionFile(path)
		got := ""
		for _, tp := range partitions {
			got += " " + tp.String()
		}
		if err != nil {
			got = err.Error()
		}
		if strings.TrimSpace(got) != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

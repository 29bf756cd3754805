package shardtest

import (
	"reflect"
	"testing"

	"github.com/brolga-io/brolga/internal/shard"
)

// Snapshotter is a machine whose replicated state a test can compare: Snapshot
// returns a value that shares nothing with the machine, holds no soft state, and is
// equal (reflect.DeepEqual) for equal states.
type Snapshotter interface {
	shard.Machine
	Snapshot() any
}

// CheckReplay fails the test if the live machine's replicated state is not what
// the log says: it replays the whole log into fresh and compares. The shard must
// lead, and nothing else may append meanwhile from outside the shard.
func CheckReplay(t testing.TB, s *shard.Shard, log shard.Log, live, fresh Snapshotter) {
	t.Helper()
	type pair struct{ live, fresh any }
	got, err := shard.Call(s, func(int64) ([]shard.Record, pair, error) {
		if _, err := log.Read(0, fresh.Replay); err != nil {
			return nil, pair{}, err
		}
		return nil, pair{live.Snapshot(), fresh.Snapshot()}, nil
	})
	if err != nil {
		t.Fatalf("checking the live state against the log: %v", err)
	}
	if !reflect.DeepEqual(got.live, got.fresh) {
		t.Fatalf("the live state is not what the log says:\nlive %+v\nlog  %+v", got.live, got.fresh)
	}
}

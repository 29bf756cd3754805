package group

import (
	"errors"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

// codeOf turns the fate of a decision into the code that clients of every age take
// as "look for the coordinator and try again". It is never UNKNOWN_SERVER_ERROR,
// which clients do not retry.
func codeOf(err error) wire.ErrorCode {
	switch {
	case err == nil:
		return wire.None
	case errors.Is(err, shard.ErrLoading):
		return wire.CoordinatorLoadInProgress
	}
	for _, elsewhere := range []error{
		shard.ErrNotLeader, shard.ErrStaleEpoch, shard.ErrUnknownOutcome, shard.ErrStorage, shard.ErrLoadFailed,
	} {
		if errors.Is(err, elsewhere) {
			return wire.NotCoordinator // another broker is or will be the coordinator
		}
	}
	// Too late, too few replicas, closed: nobody can say more just now.
	return wire.CoordinatorNotAvailable
}

// fetchCode is code for OffsetFetch: consumers before 3.9 take
// COORDINATOR_NOT_AVAILABLE there as fatal.
func fetchCode(code wire.ErrorCode) wire.ErrorCode {
	if code == wire.CoordinatorNotAvailable {
		return wire.NotCoordinator
	}
	return code
}

package group

import (
	"errors"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

// codeOf turns the fate of a decision into the code that clients of every age take
// as "look for the coordinator and try again". Nothing of it is ever
// UNKNOWN_SERVER_ERROR, which clients do not retry.
func codeOf(err error) wire.ErrorCode {
	switch {
	case err == nil:
		return wire.None
	case errors.Is(err, shard.ErrLoading):
		return wire.CoordinatorLoadInProgress
	case errors.Is(err, shard.ErrClosed), errors.Is(err, errTimedOut):
		return wire.CoordinatorNotAvailable
	}
	// Not the leader, a stale epoch, a failed disk, a failed load, or leadership
	// lost before the commit: another broker is or will be the coordinator.
	return wire.NotCoordinator
}

// fetchCode is code for OffsetFetch: consumers before 3.9 take
// COORDINATOR_NOT_AVAILABLE there as fatal.
func fetchCode(code wire.ErrorCode) wire.ErrorCode {
	if code == wire.CoordinatorNotAvailable {
		return wire.NotCoordinator
	}
	return code
}

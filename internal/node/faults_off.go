//go:build !faults

package node

import "github.com/brolga-io/brolga/internal/shard"

// faultsVariable is not looked at: builds with the tag faults have faults.
const faultsVariable = ""

// faultyClock is the real clock.
func faultyClock(string) (shard.Clock, func(), error) { return nil, func() {}, nil }

package metadata

import (
	"encoding/binary"

	"github.com/brolga-io/brolga/internal/wire"
)

// Directory ids that stand for no directory (KIP-858).
var (
	// MigratingDir: the record is older than directory ids.
	MigratingDir = wire.UUID{}
	// UnassignedDir: the broker has not chosen a directory for the replica yet.
	UnassignedDir = wire.UUID{15: 1}
	// LostDir: the replica's directory failed.
	LostDir = wire.UUID{15: 2}
)

// ReservedDir tells whether the id is one of the hundred that name no directory.
// The lower half is signed, as in Kafka's DirectoryId.
func ReservedDir(id wire.UUID) bool {
	return binary.BigEndian.Uint64(id[:8]) == 0 && int64(binary.BigEndian.Uint64(id[8:])) < 100
}

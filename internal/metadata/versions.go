package metadata

import (
	"slices"

	"github.com/brolga-io/brolga/internal/wire"
)

// metadataVersions are the names of the metadata.version levels, from level 7.
// A changed level alters what records hold, so there is no way back across it.
var metadataVersions = []struct {
	name    string
	changed bool
}{
	{"3.3-IV3", true}, {"3.4-IV0", true}, {"3.5-IV0", false}, {"3.5-IV1", false},
	{"3.5-IV2", true}, {"3.6-IV0", false}, {"3.6-IV1", true}, {"3.6-IV2", true},
	{"3.7-IV0", true}, {"3.7-IV1", false}, {"3.7-IV2", true}, {"3.7-IV3", false},
	{"3.7-IV4", false}, {"3.8-IV0", false}, {"3.9-IV0", false}, {"4.0-IV0", false},
	{"4.0-IV1", true}, {"4.0-IV2", false}, {"4.0-IV3", false}, {"4.1-IV0", false},
	{"4.1-IV1", false}, {"4.2-IV0", false}, {"4.2-IV1", false}, {"4.3-IV0", true},
	{"4.4-IV0", false}, {"4.4-IV1", true}, {"4.4-IV2", true},
}

// MetadataVersionName returns Kafka's name of a level, such as 4.4-IV2; it is
// empty for a level that this release does not know.
func MetadataVersionName(level int16) string {
	i := int(level - MinMetadataVersion)
	if i < 0 || i >= len(metadataVersions) {
		return ""
	}
	return metadataVersions[i].name
}

// MetadataVersionLevel is the reverse of MetadataVersionName. A release without
// "-IV" stands for its last level.
func MetadataVersionLevel(name string) (int16, bool) {
	for i, v := range slices.Backward(metadataVersions) {
		if v.name == name || v.name[:len("0.0")] == name {
			return int16(i) + MinMetadataVersion, true
		}
	}
	return 0, false
}

// MetadataChanged tells whether records written at one of the levels may hold
// what the other does not know.
func MetadataChanged(from, to int16) bool {
	low, high := min(from, to), max(from, to)
	for level := low + 1; level <= high; level++ {
		i := int(level - MinMetadataVersion)
		if i >= 0 && i < len(metadataVersions) && metadataVersions[i].changed {
			return true
		}
	}
	return false
}

// ScramSupported tells whether SCRAM credentials may be stored (KIP-900).
func ScramSupported(metadataVersion int16) bool { return metadataVersion >= 11 }

// DirectoriesSupported tells whether records carry directory ids (KIP-858).
func DirectoriesSupported(metadataVersion int16) bool { return metadataVersion >= 17 }

// TransactionsSupported tells whether records may be framed by a transaction (KIP-868).
func TransactionsSupported(metadataVersion int16) bool { return metadataVersion >= 13 }

// ControllersRegister tells whether controllers are registered as brokers are (KIP-919).
func ControllersRegister(metadataVersion int16) bool { return metadataVersion >= 15 }

// CordonedDirsSupported tells whether brokers may cordon directories (KIP-1066).
func CordonedDirsSupported(metadataVersion int16) bool { return metadataVersion >= 30 }

// RecordVersion returns the version in which a record is written while that
// metadata.version is finalised.
func RecordVersion(r wire.Record, metadataVersion int16) int16 {
	switch r := r.(type) {
	case *wire.RegisterBrokerRecord:
		return step(metadataVersion, 1, at{8, 2}, at{17, 3}, at{30, 4})
	case *wire.BrokerRegistrationChangeRecord:
		return changeVersion(r)
	case *wire.PartitionRecord, *wire.PartitionChangeRecord:
		return step(metadataVersion, 0, at{17, 1}, at{23, 2})
	}
	return 0
}

// changeVersion returns the lowest version that carries what the record says: the
// levels of metadata.version have been checked by who filled it.
func changeVersion(r *wire.BrokerRegistrationChangeRecord) int16 {
	switch {
	case r.CordonedLogDirs != nil:
		return 3
	case len(r.LogDirs) > 0:
		return 2
	case r.InControlledShutdown != 0:
		return 1
	}
	return 0
}

// at is a level of metadata.version and the version that holds from there.
type at struct{ level, version int16 }

func step(level, version int16, steps ...at) int16 {
	for _, s := range steps {
		if level >= s.level {
			version = s.version
		}
	}
	return version
}

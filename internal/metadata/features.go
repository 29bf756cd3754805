package metadata

// Names of the features that are finalised with a level (KIP-584, KIP-1022).
const (
	MetadataVersion    = "metadata.version"
	ELRVersion         = "eligible.leader.replicas.version"
	GroupVersion       = "group.version"
	ShareVersion       = "share.version"
	StreamsVersion     = "streams.version"
	TransactionVersion = "transaction.version"
	KRaftVersion       = "kraft.version"
)

// The levels of metadata.version that this release supports: 3.3-IV3 to 4.4-IV2.
const (
	MinMetadataVersion  int16 = 7
	LastMetadataVersion int16 = 33
)

// FeatureSpec describes a feature of this release.
type FeatureSpec struct {
	Name string
	// Min and Max are the levels which this release supports.
	Min, Max int16
	// Since holds, per level from 1, the metadata.version from which a new cluster
	// is given the level. metadata.version itself has none.
	Since []int16
	// Needs is the lowest metadata.version at which a level above 0 is allowed.
	Needs int16
}

// featureSpecs is ordered by name and has the levels of Kafka 4.4.
var featureSpecs = []FeatureSpec{
	{Name: ELRVersion, Max: 1, Since: []int16{26}, Needs: 23},
	{Name: GroupVersion, Max: 1, Since: []int16{22}},
	{Name: KRaftVersion, Max: 1, Since: []int16{21}},
	{Name: MetadataVersion, Min: MinMetadataVersion, Max: LastMetadataVersion},
	{Name: ShareVersion, Max: 2, Since: []int16{28, 31}},
	{Name: StreamsVersion, Max: 1, Since: []int16{29}},
	{Name: TransactionVersion, Max: 2, Since: []int16{24, 24}},
}

// Features returns the features of this release, ordered by name. kraft.version
// is among them although the metadata log never holds its level.
func Features() []FeatureSpec {
	return append([]FeatureSpec(nil), featureSpecs...)
}

// LookupFeature returns the feature of that name.
func LookupFeature(name string) (FeatureSpec, bool) {
	for _, f := range featureSpecs {
		if f.Name == name {
			return f, true
		}
	}
	return FeatureSpec{}, false
}

// DefaultLevel returns the level of the feature that a cluster is given which is
// formatted at that metadata.version.
func (f FeatureSpec) DefaultLevel(metadataVersion int16) int16 {
	if f.Name == MetadataVersion {
		return metadataVersion
	}
	level := int16(0)
	for i, since := range f.Since {
		if metadataVersion >= since {
			level = int16(i + 1)
		}
	}
	return level
}

// recordsChanged are the levels of metadata.version from which on records exist, or
// have fields, that a lower level cannot hold.
var recordsChanged = []int16{7, 8, 11, 13, 14, 15, 17, 23, 30, 32, 33}

// RecordsDiffer tells whether metadata could be lost on the way from level high of
// metadata.version down to low.
func RecordsDiffer(low, high int16) bool {
	for _, level := range recordsChanged {
		if low < level && level <= high {
			return true
		}
	}
	return false
}

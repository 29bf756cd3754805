package metadata

import (
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/wire"
)

func TestTopicNameFault(t *testing.T) {
	const illegal = " contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
	long := strings.Repeat("a", 250)
	for name, want := range map[string]string{
		"a": "", "a.b_c-D9": "", "...": "", strings.Repeat("a", 249): "", "con": "",
		"":                 "the empty string is not allowed",
		".":                "'.' is not allowed",
		"..":               "'..' is not allowed",
		long:               "the length of '" + long + "' is longer than the max allowed length 249",
		"a b":              "'a b'" + illegal,
		"a/b":              "'a/b'" + illegal,
		"../../etc/passwd": "'../../etc/passwd'" + illegal,
		"a\x00b":           "'a\x00b'" + illegal,
		"é":                "'é'" + illegal,
		"%2e%2e":           "'%2e%2e'" + illegal,
		"$#!":              "'$#!'" + illegal,
	} {
		if want != "" {
			want = "Topic name is invalid: " + want
		}
		if got := TopicNameFault(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestReservedDir(t *testing.T) {
	for id, want := range map[wire.UUID]bool{
		MigratingDir: true, UnassignedDir: true, LostDir: true,
		{15: 99}: true, {15: 100}: false, {14: 1}: false, {0: 1}: false, {8: 0x80}: true,
	} {
		if got := ReservedDir(id); got != want {
			t.Errorf("%v: %v", id, got)
		}
	}
}

// TestRecordVersions holds the levels against those that Kafka 4.4 prints for its
// MetadataVersion values: those of registrations and of partitions.
func TestRecordVersions(t *testing.T) {
	for _, c := range []struct {
		level               int16
		name                string
		register, partition int16
	}{
		{7, "3.3-IV3", 1, 0}, {8, "3.4-IV0", 2, 0}, {16, "3.7-IV1", 2, 0},
		{17, "3.7-IV2", 3, 1}, {22, "4.0-IV0", 3, 1}, {23, "4.0-IV1", 3, 2},
		{29, "4.2-IV1", 3, 2}, {30, "4.3-IV0", 4, 2}, {33, "4.4-IV2", 4, 2},
	} {
		if got := MetadataVersionName(c.level); got != c.name {
			t.Errorf("level %d is %q, want %q", c.level, got, c.name)
		}
		if got, ok := MetadataVersionLevel(c.name); !ok || got != c.level {
			t.Errorf("%s is level %d, want %d", c.name, got, c.level)
		}
		for r, want := range map[wire.Record]int16{
			&wire.RegisterBrokerRecord{}: c.register, &wire.TopicRecord{}: 0,
			&wire.PartitionRecord{}: c.partition, &wire.PartitionChangeRecord{}: c.partition,
			&wire.BrokerRegistrationChangeRecord{Fenced: 1}:                        0,
			&wire.BrokerRegistrationChangeRecord{InControlledShutdown: 1}:          1,
			&wire.BrokerRegistrationChangeRecord{LogDirs: []wire.UUID{{1}}}:        2,
			&wire.BrokerRegistrationChangeRecord{CordonedLogDirs: []wire.UUID{{}}}: 3,
		} {
			if got := RecordVersion(r, c.level); got != want {
				t.Errorf("%T at level %d: version %d, want %d", r, c.level, got, want)
			}
		}
	}
	if level, ok := MetadataVersionLevel("3.7"); !ok || level != 19 {
		t.Errorf("3.7 is level %d", level)
	}
	if _, ok := MetadataVersionLevel("5.0"); ok || MetadataVersionName(34) != "" || MetadataVersionName(6) != "" {
		t.Error("a level that is not there has a name")
	}
}

func TestMetadataChanged(t *testing.T) {
	for _, c := range []struct {
		from, to int16
		want     bool
	}{
		{33, 33, false}, {33, 32, true}, {31, 30, false}, {24, 29, false}, {22, 23, true}, {7, 33, true},
	} {
		if got := MetadataChanged(c.from, c.to); got != c.want {
			t.Errorf("%d to %d: %v", c.from, c.to, got)
		}
	}
}

// TestDefaultLevels: the features that `kafka-storage format` of Kafka 4.4 gives a
// new cluster at some levels of metadata.version.
func TestDefaultLevels(t *testing.T) {
	for level, want := range map[int16]map[string]int16{
		33: {ELRVersion: 1, GroupVersion: 1, KRaftVersion: 1, ShareVersion: 2, StreamsVersion: 1, TransactionVersion: 2, MetadataVersion: 33},
		28: {ELRVersion: 1, GroupVersion: 1, KRaftVersion: 1, ShareVersion: 1, StreamsVersion: 0, TransactionVersion: 2, MetadataVersion: 28},
		25: {ELRVersion: 0, GroupVersion: 1, KRaftVersion: 1, ShareVersion: 0, StreamsVersion: 0, TransactionVersion: 2, MetadataVersion: 25},
		7:  {ELRVersion: 0, GroupVersion: 0, KRaftVersion: 0, ShareVersion: 0, StreamsVersion: 0, TransactionVersion: 0, MetadataVersion: 7},
	} {
		for _, f := range Features() {
			if got := f.DefaultLevel(level); got != want[f.Name] {
				t.Errorf("%s at %d: level %d, want %d", f.Name, level, got, want[f.Name])
			}
			if found, ok := LookupFeature(f.Name); !ok || found.Max != f.Max {
				t.Errorf("%s is not found", f.Name)
			}
		}
	}
	if _, ok := LookupFeature("x"); ok {
		t.Error("found a feature that is not there")
	}
}

func TestKRaftVersionIsNotKept(t *testing.T) {
	image, _, err := Empty().Apply([]wire.Record{&wire.FeatureLevelRecord{Name: KRaftVersion, FeatureLevel: 1}}, 1, 1)
	if err != nil || len(image.FinalizedFeatures()) != 0 {
		t.Fatalf("features %v, err %v", image.FinalizedFeatures(), err)
	}
}

func TestBrokerDirectories(t *testing.T) {
	a, b := wire.UUID{1}, wire.UUID{2}
	broker := Broker{LogDirs: []wire.UUID{a}}
	for dir, want := range map[wire.UUID]bool{a: true, b: false, LostDir: false, UnassignedDir: true, MigratingDir: true} {
		if got := broker.HasOnlineDir(dir); got != want {
			t.Errorf("online %v: %v", dir, got)
		}
	}
	if !(&Broker{}).HasOnlineDir(a) {
		t.Error("a broker that registered without directories has lost one")
	}
	for _, c := range []struct {
		dirs, cordoned []wire.UUID
		want           bool
	}{
		{[]wire.UUID{a}, nil, true}, {[]wire.UUID{a}, []wire.UUID{}, true}, {[]wire.UUID{a}, []wire.UUID{a}, false},
		{[]wire.UUID{a, b}, []wire.UUID{a}, true}, {nil, []wire.UUID{a}, true},
	} {
		if got := (&Broker{LogDirs: c.dirs, CordonedLogDirs: c.cordoned}).HasUncordonedDir(); got != c.want {
			t.Errorf("%v without %v: %v", c.dirs, c.cordoned, got)
		}
	}
}

// TestOldPartitionRecord: a record from before directory ids gives every replica
// the id that stands for that, at creation and after a reassignment.
func TestOldPartitionRecord(t *testing.T) {
	image := small(t)
	if dir := image.TopicByName("t").Partition(0).Directory(1); dir != MigratingDir {
		t.Fatalf("directory %v", dir)
	}
	image, _, err := image.Apply([]wire.Record{&wire.PartitionChangeRecord{
		TopicId: wire.UUID{1}, Replicas: []int32{1, 2}, Leader: NoLeaderChange, LeaderRecoveryState: -1,
	}}, 5, 1)
	if err != nil {
		t.Fatal(err)
	}
	if p := image.TopicByName("t").Partition(0); len(p.Directories) != 2 || p.Leader != 1 || p.LeaderRecoveryState != Recovered {
		t.Fatalf("%+v %+v", p, p.Placement)
	}
}

func TestQuotaEntities(t *testing.T) {
	name := func(s string) *string { return &s }
	record := func(key string, parts ...wire.ClientQuotaRecordEntityData) wire.Record {
		return &wire.ClientQuotaRecord{Entity: parts, Key: key, Value: 1}
	}
	user, client := wire.ClientQuotaRecordEntityData{EntityType: "user", EntityName: name("u")},
		wire.ClientQuotaRecordEntityData{EntityType: "client-id"}
	image, _, err := Empty().Apply([]wire.Record{
		record("a", user, client), record("b", client, user), record("a", client), record("a", user),
		record("a", wire.ClientQuotaRecordEntityData{EntityType: "client-id", EntityName: name("")}),
	}, 5, 1)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for q := range image.ClientQuotas() {
		n++
		if want := map[bool]int{true: 2, false: 1}[len(q.Entity) == 2]; len(q.Values) != want {
			t.Errorf("%v has %v", q.Entity, q.Values)
		}
	}
	if n != 4 {
		t.Errorf("%d entities, want 4", n)
	}
}

package controller

import (
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

type featureUpdate = wire.UpdateFeaturesRequestFeatureUpdateKey

func (f *fixture) update(validate bool, updates ...featureUpdate) *wire.UpdateFeaturesResponse {
	f.t.Helper()
	resp, err := f.c.UpdateFeatures(Caller{}, &wire.UpdateFeaturesRequest{FeatureUpdates: updates, ValidateOnly: validate})
	if err != nil {
		f.t.Fatal(err)
	}
	return resp
}

// TestUpdateFeaturesIsRefused has the answers of Kafka 4.4.
func TestUpdateFeaturesIsRefused(t *testing.T) {
	const down = "Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade."
	f := newFixture(t)
	f.start(1)
	for _, tc := range []struct {
		update featureUpdate
		want   string
	}{
		{featureUpdate{Feature: "bogus", MaxVersionLevel: 1, UpgradeType: 1}, "Invalid update version 1 for feature bogus. Local controller 1 does not support this feature."},
		{featureUpdate{Feature: "bogus", MaxVersionLevel: 0, UpgradeType: 1}, "Invalid update version 0 for feature bogus. Feature bogus not found."},
		{featureUpdate{Feature: "metadata.version", MaxVersionLevel: 99, UpgradeType: 1}, "Invalid update version 99 for feature metadata.version. Local controller 1 only supports versions 7-33"},
		{featureUpdate{Feature: "metadata.version", MaxVersionLevel: 29, UpgradeType: 1}, "Invalid update version 29 for feature metadata.version. " + down},
		{featureUpdate{Feature: "metadata.version", MaxVersionLevel: 29, UpgradeType: 2}, "Unsupported metadata.version downgrade from 33 to 29. Refusing to perform the requested downgrade because it might delete metadata information."},
		{featureUpdate{Feature: "metadata.version", MaxVersionLevel: 29, UpgradeType: 3}, "Unsupported metadata.version downgrade from 33 to 29. Unsafe metadata downgrade is not supported in this version."},
		{featureUpdate{Feature: "group.version", MaxVersionLevel: 1, UpgradeType: 9}, "Invalid update version 1 for feature group.version. The controller does not support the given upgrade type."},
		{featureUpdate{Feature: "group.version", MaxVersionLevel: -1, UpgradeType: 1}, "Invalid update version -1 for feature group.version. A feature version cannot be less than 0."},
		{featureUpdate{Feature: "group.version", MaxVersionLevel: 0, UpgradeType: 1}, "Invalid update version 0 for feature group.version. " + down},
		{featureUpdate{Feature: "kraft.version", MaxVersionLevel: 1, UpgradeType: 2}, "Invalid update version 1 for feature kraft.version. Can't downgrade to a newer version."},
	} {
		resp := f.update(false, featureUpdate{Feature: "group.version", MaxVersionLevel: 0, UpgradeType: 2}, tc.update)
		_, got, _ := strings.Cut(*resp.ErrorMessage, "had an error: ")
		if resp.ErrorCode != wire.InvalidUpdateVersion || got != tc.want || resp.Results != nil {
			t.Errorf("%+v: %s %q", tc.update, resp.ErrorCode.Name(), got)
		}
	}
	if level := f.image().Feature(metadata.GroupVersion); level != 1 {
		t.Errorf("group.version is %d after updates that were refused as a whole", level)
	}
}

func TestUpdateFeatures(t *testing.T) {
	f := newFixture(t)
	down := featureUpdate{Feature: "streams.version", MaxVersionLevel: 0, UpgradeType: 2}
	if resp := f.update(true, down); resp.ErrorCode != wire.None || f.image().Feature(metadata.StreamsVersion) != 1 {
		t.Fatalf("validation alone: %s", describe(resp))
	}
	resp := f.update(false, down, featureUpdate{Feature: "group.version", MaxVersionLevel: 1, UpgradeType: 1})
	if resp.ErrorCode != wire.None || len(resp.Results) != 2 || *resp.Results[0].ErrorMessage != "NONE" {
		t.Fatalf("%s", describe(resp))
	}
	image := f.image()
	if image.Feature(metadata.StreamsVersion) != 0 || image.Feature(metadata.GroupVersion) != 1 {
		t.Errorf("features %v", image.FinalizedFeatures())
	}
	f.check()
}

// Below the level at which records changed, lower levels hold the same records.
func TestMetadataVersionGoesDownWhereNothingIsLost(t *testing.T) {
	for _, tc := range []struct {
		low, high int16
		want      bool
	}{{32, 33, true}, {33, 33, false}, {30, 31, false}, {29, 30, true}, {24, 29, false}, {22, 24, true}, {7, 33, true}} {
		if got := metadata.RecordsDiffer(tc.low, tc.high); got != tc.want {
			t.Errorf("%d to %d: %v", tc.high, tc.low, got)
		}
	}
}

// With eligible leader replicas every broker must agree about min.insync.replicas.
func TestELRNeedsOneMinISR(t *testing.T) {
	f := newFixture(t)
	f.start(1)
	f.update(false, featureUpdate{Feature: metadata.ELRVersion, MaxVersionLevel: 0, UpgradeType: 2})
	cluster, broker := metadata.Resource{Type: metadata.BrokerResource}, metadata.Resource{Type: metadata.BrokerResource, Name: "1"}
	f.alter(cluster, minISRKey, "")
	f.alter(broker, minISRKey, "2")
	if f.image().Config(broker.Type, broker.Name)[minISRKey] != "2" {
		t.Fatal("the broker has no min.insync.replicas of its own")
	}
	f.update(false, featureUpdate{Feature: metadata.ELRVersion, MaxVersionLevel: 1, UpgradeType: 1})
	image := f.image()
	if got := image.Config(cluster.Type, "")[minISRKey]; got != "1" {
		t.Errorf("the cluster has min.insync.replicas %q", got)
	}
	if got, set := image.Config(broker.Type, broker.Name)[minISRKey]; set {
		t.Errorf("the broker has min.insync.replicas %q", got)
	}
	f.check()
}

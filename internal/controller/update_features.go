package controller

import (
	"fmt"
	"maps"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// Kinds of upgrade (Kafka's FeatureUpdate.UpgradeType).
const (
	upgradeOnly     int8 = 1
	safeDowngrade   int8 = 2
	unsafeDowngrade int8 = 3
)

// UpdateFeatures finalises other levels of features, all of them or none
// (KIP-584, KIP-778, KIP-1022).
func (c *Controller) UpdateFeatures(_ Caller, req *wire.UpdateFeaturesRequest) (*wire.UpdateFeaturesResponse, error) {
	return decide(c, func(d *decision) (*wire.UpdateFeaturesResponse, error) {
		resp := &wire.UpdateFeaturesResponse{}
		proposed := maps.Clone(d.image.FinalizedFeatures())
		for i := range req.FeatureUpdates {
			proposed[req.FeatureUpdates[i].Feature] = req.FeatureUpdates[i].MaxVersionLevel
		}
		for i := range req.FeatureUpdates {
			u := &req.FeatureUpdates[i]
			if f := d.updateFeature(u, proposed); f != nil {
				text := "The update failed for all features since the following feature had an error: " + *f.text
				d.records = nil
				resp.ErrorCode, resp.ErrorMessage, resp.Results = f.code, &text, nil
				return resp, nil
			}
			none := wire.None.Name()
			resp.Results = append(resp.Results, wire.UpdateFeaturesResponseUpdatableFeatureResult{
				Feature: u.Feature, ErrorMessage: &none,
			})
		}
		if req.ValidateOnly {
			d.records = nil
		}
		return resp, nil
	})
}

// updateFeature adds the records of one update, or says why it is refused.
func (d *decision) updateFeature(u *wire.UpdateFeaturesRequestFeatureUpdateKey, proposed map[string]int16) *fault {
	invalid := func(reason string) *fault {
		return refuse(wire.InvalidUpdateVersion, "Invalid update version %d for feature %s. %s", u.MaxVersionLevel, u.Feature, reason)
	}
	current := d.image.Feature(u.Feature)
	switch {
	case u.UpgradeType < upgradeOnly || u.UpgradeType > unsafeDowngrade:
		return invalid("The controller does not support the given upgrade type.")
	case u.MaxVersionLevel < 0:
		return invalid("A feature version cannot be less than 0.")
	}
	if reason := d.levelUnsupported(u.Feature, u.MaxVersionLevel); reason != "" {
		return invalid(reason)
	}
	spec, known := metadata.LookupFeature(u.Feature)
	switch {
	case !known:
		return invalid("Feature " + u.Feature + " not found.")
	case u.MaxVersionLevel < current && u.UpgradeType == upgradeOnly:
		return invalid("Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.")
	case u.MaxVersionLevel > current && u.UpgradeType != upgradeOnly:
		return invalid("Can't downgrade to a newer version.")
	case u.MaxVersionLevel == current:
		return nil
	case u.Feature == metadata.KRaftVersion:
		return invalid("The controllers of this cluster keep their membership without it.")
	case u.Feature == metadata.MetadataVersion:
		return d.updateMetadataVersion(current, u)
	case u.MaxVersionLevel > 0 && proposed[metadata.MetadataVersion] < spec.Needs:
		return invalid(fmt.Sprintf("%s could not be set to %d because it depends on %s level %d",
			u.Feature, u.MaxVersionLevel, metadata.MetadataVersion, spec.Needs))
	}
	d.add(&wire.FeatureLevelRecord{Name: u.Feature, FeatureLevel: u.MaxVersionLevel})
	if u.Feature == metadata.ELRVersion && u.MaxVersionLevel > 0 {
		d.agreeOnMinISR()
	}
	return nil
}

// updateMetadataVersion adds the record of another level of metadata.version. A
// lower one is allowed while no record would lose anything by it.
func (d *decision) updateMetadataVersion(current int16, u *wire.UpdateFeaturesRequestFeatureUpdateKey) *fault {
	if u.MaxVersionLevel < current && metadata.RecordsDiffer(u.MaxVersionLevel, current) {
		reason := "Refusing to perform the requested downgrade because it might delete metadata information."
		if u.UpgradeType == unsafeDowngrade {
			reason = "Unsafe metadata downgrade is not supported in this version."
		}
		return refuse(wire.InvalidUpdateVersion, "Unsupported metadata.version downgrade from %d to %d. %s", current, u.MaxVersionLevel, reason)
	}
	d.add(&wire.FeatureLevelRecord{Name: u.Feature, FeatureLevel: u.MaxVersionLevel})
	return nil
}

// levelUnsupported says which node of the cluster does not know a level, "" if all
// of them do.
func (d *decision) levelUnsupported(feature string, level int16) string {
	local, _ := metadata.LookupFeature(feature)
	own := metadata.FeatureRange{Min: local.Min, Max: local.Max}
	if reason := outside(own, level); reason != "" {
		return fmt.Sprintf("Local controller %d %s", d.NodeID, reason)
	}
	for b := range d.image.Brokers() {
		if reason := outside(rangeOf(b.Features, feature), level); reason != "" {
			return fmt.Sprintf("Broker %d %s", b.ID, reason)
		}
	}
	for c := range d.image.Controllers() {
		if reason := outside(rangeOf(c.Features, feature), level); c.ID != d.NodeID && reason != "" {
			return fmt.Sprintf("Controller %d %s", c.ID, reason)
		}
	}
	return ""
}

// rangeOf returns what a node supports of a feature; one that it does not name
// it supports at level 0.
func rangeOf(features []metadata.FeatureRange, name string) metadata.FeatureRange {
	for _, f := range features {
		if f.Name == name {
			return f
		}
	}
	return metadata.FeatureRange{}
}

func outside(r metadata.FeatureRange, level int16) string {
	switch {
	case level >= r.Min && level <= r.Max:
		return ""
	case r.Max == 0:
		return "does not support this feature."
	}
	return fmt.Sprintf("only supports versions %d-%d", r.Min, r.Max)
}

// agreeOnMinISR makes min.insync.replicas the same for all brokers, as eligible
// leader replicas need it (KIP-966).
func (d *decision) agreeOnMinISR() {
	if _, set := d.image.Config(metadata.BrokerResource, "")[minISRKey]; !set {
		d.add(clusterMinISR(d.Static))
	}
	for r, configs := range d.image.Configs() {
		if _, set := configs[minISRKey]; set && r.Type == metadata.BrokerResource && r.Name != "" {
			d.add(&wire.ConfigRecord{ResourceType: r.Type, ResourceName: r.Name, Name: minISRKey})
		}
	}
}

package metadata

import (
	"fmt"
	"maps"

	"github.com/brolga-io/brolga/internal/wire"
)

// setConfig notes the resource as touched even if the value is the same: writing
// a broker's config again is how a key store is loaded anew.
func (e *Editor) setConfig(r *wire.ConfigRecord) {
	resource := Resource{r.ResourceType, r.ResourceName}
	touch(&e.touched.configs, resource)
	old, _ := e.next.configs.get(resource)
	if r.Value == nil && (old == nil || len(old.values) == 0) {
		return
	}
	c := old.own(e.owner)
	if r.Value != nil {
		c.values[r.Name] = *r.Value
	} else {
		delete(c.values, r.Name)
	}
	switch {
	case len(c.values) == 0:
		e.next.configs.remove(e.owner, resource)
	case c != old:
		e.next.configs.set(e.owner, resource, c)
	}
}

func (e *Editor) setFeature(r *wire.FeatureLevelRecord) error {
	if r.Name == KRaftVersion {
		return nil // its level is in the control records of the log (KAFKA-18979)
	}
	if r.Name == MetadataVersion && (r.FeatureLevel < MinMetadataVersion || r.FeatureLevel > LastMetadataVersion) {
		return fmt.Errorf("%w: %s %d is not supported, %d to %d are", ErrMismatch,
			MetadataVersion, r.FeatureLevel, MinMetadataVersion, LastMetadataVersion)
	}
	touch(&e.touched.features, r.Name)
	features := maps.Clone(e.next.features)
	if features == nil {
		features = make(map[string]int16)
	}
	if r.FeatureLevel == 0 {
		delete(features, r.Name)
	} else {
		features[r.Name] = r.FeatureLevel
	}
	e.next.features = features
	return nil
}

func (e *Editor) setProducerIDs(r *wire.ProducerIdsRecord) error {
	if r.NextProducerId <= e.next.producerIDs.Next {
		return fmt.Errorf("%w: producer ids from %d on, which is not beyond %d", ErrMismatch,
			r.NextProducerId, e.next.producerIDs.Next)
	}
	e.touched.producerIDs = true
	e.next.producerIDs = ProducerIDs{Next: r.NextProducerId, Broker: r.BrokerId, BrokerEpoch: r.BrokerEpoch}
	return nil
}

func (e *Editor) setQuota(r *wire.ClientQuotaRecord) {
	entity, key := quotaKey(r.Entity)
	e.touched.quotas = true
	old, _ := e.next.quotas.get(key)
	if r.Remove && old == nil {
		return
	}
	q := old
	switch {
	case q == nil:
		q = &ClientQuota{owner: e.owner, Entity: entity, Values: make(map[string]float64)}
	case q.owner != e.owner:
		q = &ClientQuota{owner: e.owner, Entity: old.Entity, Values: maps.Clone(old.Values)}
	}
	if r.Remove {
		delete(q.Values, r.Key)
	} else {
		q.Values[r.Key] = r.Value
	}
	switch {
	case len(q.Values) == 0:
		e.next.quotas.remove(e.owner, key)
	case q != old:
		e.next.quotas.set(e.owner, key, q)
	}
}

package controller

import (
	"strconv"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// alteration is a change of the configs of one resource, of which all or nothing
// takes effect.
type alteration struct {
	resource metadata.Resource
	// old is what is set now. It belongs to the image.
	old     map[string]string
	changes []configChange
	// place finds the change of a key.
	place map[string]int
}

// configChange sets a key, or deletes it if value is nil.
type configChange struct {
	key   string
	value *string
}

func newAlteration(resource metadata.Resource, old map[string]string) *alteration {
	return &alteration{resource: resource, old: old, place: make(map[string]int)}
}

// set changes a key; nil deletes it. The last change of a key counts.
func (a *alteration) set(key string, value *string) {
	if i, ok := a.place[key]; ok {
		a.changes[i].value = value
		return
	}
	a.place[key] = len(a.changes)
	a.changes = append(a.changes, configChange{key, value})
}

// touches tells whether the alteration changes the key, or writes it again.
func (a *alteration) touches(key string) bool {
	_, ok := a.place[key]
	return ok
}

// after returns what is set when the alteration has taken effect.
func (a *alteration) after() map[string]string {
	after := make(map[string]string, len(a.old)+len(a.changes))
	for key, value := range a.old {
		after[key] = value
	}
	for _, c := range a.changes {
		if c.value == nil {
			delete(after, c.key)
		} else {
			after[c.key] = *c.value
		}
	}
	return after
}

// records returns the records of what changes. A value that is the same is written
// again for brokers only: it makes them load files anew (KAFKA-14136).
func (a *alteration) records() []wire.Record {
	var records []wire.Record
	for _, c := range a.changes {
		if !a.changed(c) {
			continue
		}
		records = append(records, &wire.ConfigRecord{
			ResourceType: a.resource.Type, ResourceName: a.resource.Name, Name: c.key, Value: c.value,
		})
	}
	return records
}

func (a *alteration) changed(c configChange) bool {
	if a.resource.Type == metadata.BrokerResource {
		return true
	}
	old, was := a.old[c.key]
	if c.value == nil {
		return was
	}
	return !was || old != *c.value
}

// clearELR returns the records that forget eligible leader replicas, if the
// smallest in-sync set changes: they were chosen under the old one (KIP-966).
func (d *decision) clearELR(a *alteration) []wire.Record {
	i, ok := a.place[minISRKey]
	if !ok || !d.image.ELREnabled() || !a.changed(a.changes[i]) {
		return nil
	}
	if a.resource.Type == metadata.TopicResource {
		return []wire.Record{&wire.ClearElrRecord{TopicName: a.resource.Name}}
	}
	return []wire.Record{&wire.ClearElrRecord{}}
}

// keyOf returns what is known of a key of a topic or broker. Of other resources
// Kafka's controller knows no types, so that none of their keys counts as a list.
func keyOf(resourceType int8, key string) (def config.Def, known bool) {
	switch resourceType {
	case metadata.TopicResource:
		def, known = config.Topic(key)
	case metadata.BrokerResource:
		def, known = config.Broker(key)
	}
	return def, known
}

// brokerName is the name of a broker's resource.
func brokerName(id int32) string { return strconv.Itoa(int(id)) }

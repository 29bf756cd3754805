package metadata

import (
	"slices"

	"github.com/brolga-io/brolga/internal/wire"
)

// Broker is a registered broker of an Image: nobody may change it.
type Broker struct {
	ID int32
	// Epoch is given at registration; each new process gets a higher one (KIP-631).
	Epoch int64
	// IncarnationID is made up by the process when it starts.
	IncarnationID wire.UUID
	// Rack is nil if the broker told none.
	Rack *string
	// Fenced brokers lead nothing and are not shown to clients.
	Fenced bool
	// InControlledShutdown brokers get no new leaderships.
	InControlledShutdown bool
	Endpoints            []Endpoint
	Features             []FeatureRange
	// LogDirs are the directories that work.
	LogDirs []wire.UUID
	// CordonedLogDirs take no new replicas; nil if the broker has not told yet (KIP-1066).
	CordonedLogDirs []wire.UUID
}

// Endpoint is one listener of a broker or controller.
type Endpoint struct {
	Name, Host string
	Port       uint16
	// Protocol is 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL.
	Protocol int16
}

// FeatureRange says which levels of a feature a node supports, both ends included.
type FeatureRange struct {
	Name     string
	Min, Max int16
}

// Controller is a registered controller of an Image: nobody may change it.
type Controller struct {
	ID            int32
	IncarnationID wire.UUID
	Endpoints     []Endpoint
	Features      []FeatureRange
}

// Active tells whether the broker may lead: neither fenced nor shutting down.
func (b *Broker) Active() bool { return !b.Fenced && !b.InControlledShutdown }

// Endpoint returns the broker's listener of that name.
func (b *Broker) Endpoint(listener string) (Endpoint, bool) {
	i := slices.IndexFunc(b.Endpoints, func(e Endpoint) bool { return e.Name == listener })
	if i < 0 {
		return Endpoint{}, false
	}
	return b.Endpoints[i], true
}

// HasOnlineDir tells whether a replica in that directory can work: it is one of
// the broker's, or not yet chosen.
func (b *Broker) HasOnlineDir(dir wire.UUID) bool {
	switch dir {
	case UnassignedDir, MigratingDir:
		return true
	case LostDir:
		return false
	}
	return len(b.LogDirs) == 0 || slices.Contains(b.LogDirs, dir)
}

// HasUncordonedDir tells whether a directory of the broker takes new replicas.
func (b *Broker) HasUncordonedDir() bool {
	if len(b.CordonedLogDirs) == 0 || len(b.LogDirs) == 0 {
		return true
	}
	return slices.ContainsFunc(b.LogDirs, func(d wire.UUID) bool { return !slices.Contains(b.CordonedLogDirs, d) })
}

func brokerID(b *Broker) int32         { return b.ID }
func controllerID(c *Controller) int32 { return c.ID }

// findID looks into a list that is ordered by id.
func findID[T any](list []T, id func(T) int32, want int32) (int, bool) {
	return slices.BinarySearchFunc(list, want, func(e T, want int32) int {
		switch got := id(e); {
		case got < want:
			return -1
		case got > want:
			return 1
		}
		return 0
	})
}

// withID returns a copy of the list with v put in its place.
func withID[T any](list []T, id func(T) int32, v T) []T {
	i, found := findID(list, id, id(v))
	list = slices.Clone(list)
	if found {
		list[i] = v
		return list
	}
	return slices.Insert(list, i, v)
}

// withoutID returns a copy of the list without entry i.
func withoutID[T any](list []T, i int) []T {
	return slices.Delete(slices.Clone(list), i, i+1)
}

package metadata

import (
	"cmp"
	"maps"
)

// Types of resources that have configs, as on the wire.
const (
	UnknownResource       int8 = 0
	TopicResource         int8 = 2
	BrokerResource        int8 = 4
	BrokerLoggerResource  int8 = 8
	ClientMetricsResource int8 = 16
	GroupResource         int8 = 32
)

// Resource names something that has configs. The broker resource with an empty
// name holds the defaults of all brokers.
type Resource struct {
	Type int8
	Name string
}

func compareResources(a, b Resource) int {
	return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Name, b.Name))
}

// overrides are the configs of one resource; it always has some.
type overrides struct {
	owner  *owner
	values map[string]string
}

// own returns c if o owns it, else a copy that o owns. c may be nil.
func (c *overrides) own(o *owner) *overrides {
	switch {
	case c == nil:
		return &overrides{owner: o, values: make(map[string]string)}
	case c.owner == o:
		return c
	}
	return &overrides{owner: o, values: maps.Clone(c.values)}
}

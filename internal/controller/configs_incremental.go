package controller

import (
	"slices"
	"strings"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// Operations of IncrementalAlterConfigs.
const (
	opSet      int8 = 0
	opDelete   int8 = 1
	opAppend   int8 = 2
	opSubtract int8 = 3
)

// IncrementalAlterConfigs changes single configs of topics, brokers, the cluster,
// groups and client metrics (KIP-339), in one batch; of each resource all changes
// or none. Log levels (the resource type BROKER_LOGGER) are not metadata and are
// refused.
func (c *Controller) IncrementalAlterConfigs(caller Caller, req *wire.IncrementalAlterConfigsRequest) (*wire.IncrementalAlterConfigsResponse, error) {
	return decide(c, func(d *decision) (*wire.IncrementalAlterConfigsResponse, error) {
		resources := make([]metadata.Resource, len(req.Resources))
		for i := range req.Resources {
			resources[i] = metadata.Resource{Type: req.Resources[i].ResourceType, Name: req.Resources[i].ResourceName}
		}
		faults := d.alterAll(caller, resources, func(i int) (*alteration, *fault) {
			return d.incremental(resources[i], req.Resources[i].Configs)
		})
		if req.ValidateOnly {
			d.records = nil
		}
		resp := &wire.IncrementalAlterConfigsResponse{}
		for i, f := range faults {
			code, text := f.parts()
			resp.Responses = append(resp.Responses, wire.IncrementalAlterConfigsResponseAlterConfigsResourceResponse{
				ErrorCode: code, ErrorMessage: text, ResourceType: resources[i].Type, ResourceName: resources[i].Name,
			})
		}
		return resp, nil
	})
}

// alterAll adds the records of all alterations and returns what became of each. A
// resource that stands in the request twice is not altered at all.
func (d *decision) alterAll(caller Caller, resources []metadata.Resource, prepare func(i int) (*alteration, *fault)) []*fault {
	count := make(map[metadata.Resource]int, len(resources))
	for _, r := range resources {
		count[r]++
	}
	faults := make([]*fault, len(resources))
	for i, r := range resources {
		if count[r] > 1 {
			faults[i] = refuse(wire.InvalidRequest, "Each resource must appear at most once.")
			continue
		}
		faults[i] = d.alter(caller, r, func() (*alteration, *fault) { return prepare(i) })
	}
	if f := d.tooLarge(); f != nil {
		d.records = nil
		for i := range faults {
			faults[i] = f
		}
	}
	return faults
}

func (d *decision) alter(caller Caller, r metadata.Resource, prepare func() (*alteration, *fault)) *fault {
	switch r.Type {
	case metadata.TopicResource, metadata.GroupResource, metadata.ClientMetricsResource:
	case metadata.BrokerResource:
		if f := checkBrokerName(caller, r.Name); f != nil {
			return f
		}
	default:
		return unknownResourceType(r.Type)
	}
	a, f := prepare()
	if f != nil {
		return f
	}
	if f := d.checkAlteration(caller, a); f != nil {
		return f
	}
	if f := d.exists(r); f != nil {
		return f
	}
	d.records = append(d.records, a.records()...)
	d.records = append(d.records, d.clearELR(a)...)
	if a.touches(uncleanKey) {
		d.begin((*decision).electLeaderless) // some of them may have a leader now
	}
	return nil
}

// incremental turns operations on single keys into an alteration.
func (d *decision) incremental(r metadata.Resource, ops []wire.IncrementalAlterConfigsRequestAlterableConfig) (*alteration, *fault) {
	a := newAlteration(r, d.image.Config(r.Type, r.Name))
	var keys, null []string
	for i := range ops {
		keys = append(keys, ops[i].Name)
		if ops[i].Value == nil && ops[i].ConfigOperation != opDelete {
			null = append(null, ops[i].Name)
		}
	}
	if f := checkKeys(keys, null); f != nil {
		return nil, f
	}
	for i := range ops {
		op := &ops[i]
		switch op.ConfigOperation {
		case opSet:
			a.set(op.Name, op.Value)
		case opDelete:
			a.set(op.Name, nil)
		case opAppend, opSubtract:
			value, f := editList(a, op)
			if f != nil {
				return nil, f
			}
			a.set(op.Name, &value)
		default:
			return nil, refuse(wire.InvalidRequest, "Unknown operations type %d", op.ConfigOperation)
		}
	}
	return a, nil
}

// editList returns a list value with elements appended or subtracted. A key that
// is not set begins with its default.
func editList(a *alteration, op *wire.IncrementalAlterConfigsRequestAlterableConfig) (string, *fault) {
	def, known := keyOf(a.resource.Type, op.Name)
	if !known || def.Type != config.List {
		return "", notAList(a.resource.Type, known, op)
	}
	value, isSet := a.old[op.Name]
	if !isSet {
		value = def.Default
	}
	list := splitParts(value)
	for _, part := range javaSplit(*op.Value) {
		i := slices.Index(list, part)
		switch {
		case op.ConfigOperation == opAppend && i < 0:
			list = append(list, part)
		case op.ConfigOperation == opSubtract && i >= 0:
			list = slices.Delete(list, i, i+1)
		}
	}
	return strings.Join(list, ","), nil
}

// notAList words the refusal as Kafka does, whose brokers check their own configs
// before the controller does.
func notAList(resourceType int8, known bool, op *wire.IncrementalAlterConfigsRequestAlterableConfig) *fault {
	name := "APPEND"
	if op.ConfigOperation == opSubtract {
		name = "SUBTRACT"
	}
	switch {
	case resourceType != metadata.BrokerResource:
		return refuse(wire.InvalidConfig, "Can't %s to key %s because its type is not LIST.", name, op.Name)
	case !known:
		return refuse(wire.InvalidConfig, "Unknown config name: %s", op.Name)
	}
	return refuse(wire.InvalidConfig, "Config value %s is not allowed for config key: %s", strings.ToLower(name), op.Name)
}

// splitParts returns the elements of a stored list that are not empty.
func splitParts(value string) []string {
	return slices.DeleteFunc(strings.Split(value, ","), func(s string) bool { return s == "" })
}

// javaSplit splits as Java does: empty elements at the end do not count.
func javaSplit(value string) []string {
	parts := strings.Split(strings.TrimRight(value, ","), ",")
	if len(parts) == 1 && parts[0] == "" && value != "" {
		return nil
	}
	return parts
}

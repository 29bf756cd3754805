package controller

import (
	"maps"
	"slices"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// AlterConfigs replaces all configs of each resource by those in the request
// (KIP-133), in one batch; of each resource all or nothing.
func (c *Controller) AlterConfigs(caller Caller, req *wire.AlterConfigsRequest) (*wire.AlterConfigsResponse, error) {
	return decide(c, func(d *decision) (*wire.AlterConfigsResponse, error) {
		resources := make([]metadata.Resource, len(req.Resources))
		for i := range req.Resources {
			resources[i] = metadata.Resource{Type: req.Resources[i].ResourceType, Name: req.Resources[i].ResourceName}
		}
		faults := d.alterAll(caller, resources, func(i int) (*alteration, *fault) {
			return d.replace(resources[i], req.Resources[i].Configs)
		})
		if req.ValidateOnly {
			d.records = nil
		}
		resp := &wire.AlterConfigsResponse{}
		for i, f := range faults {
			code, text := f.parts()
			resp.Responses = append(resp.Responses, wire.AlterConfigsResponseAlterConfigsResourceResponse{
				ErrorCode: code, ErrorMessage: text, ResourceType: resources[i].Type, ResourceName: resources[i].Name,
			})
		}
		return resp, nil
	})
}

// replace sets what is given and deletes what is set and not given.
func (d *decision) replace(r metadata.Resource, configs []wire.AlterConfigsRequestAlterableConfig) (*alteration, *fault) {
	a := newAlteration(r, d.image.Config(r.Type, r.Name))
	var keys, null []string
	for i := range configs {
		keys = append(keys, configs[i].Name)
		if configs[i].Value == nil {
			null = append(null, configs[i].Name)
		}
		a.set(configs[i].Name, configs[i].Value)
	}
	if f := checkKeys(keys, null); f != nil {
		return nil, f
	}
	for _, key := range slices.Sorted(maps.Keys(a.old)) {
		if _, given := a.place[key]; !given {
			a.set(key, nil)
		}
	}
	return a, nil
}

package api

import (
	"slices"
	"strconv"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// ListConfigResources (key 74), versions 0–1.
//
//	v0: the names of client metrics subscriptions (KIP-1000)
//	v1: any kinds of resources; none named means all (KIP-1142)
//
// Topics and brokers are listed whether or not they have configs of their own,
// groups and client metrics only with some.
func (a *API) listConfigResources(c *Call, req *wire.ListConfigResourcesRequest) *wire.ListConfigResourcesResponse {
	resp := &wire.ListConfigResourcesResponse{}
	resp.SetDefaults()
	kinds := req.ResourceTypes
	switch {
	case c.Version == 0:
		kinds = []int8{resourceClientMetrics}
	case len(kinds) == 0:
		kinds = []int8{resourceTopic, resourceBroker, resourceBrokerLogger, resourceClientMetrics, resourceGroup}
	}
	for i, kind := range kinds {
		if slices.Contains(kinds[:i], kind) {
			continue
		}
		names, known := configResources(c, kind)
		if !known {
			resp.ErrorCode, resp.ConfigResources = wire.UnsupportedVersion, nil
			return resp
		}
		for _, name := range names {
			resp.ConfigResources = append(resp.ConfigResources, wire.ListConfigResourcesResponseConfigResource{
				ResourceName: name, ResourceType: kind,
			})
		}
	}
	return resp
}

// configResources lists the resources of one kind; known is false if there is no
// such kind.
func configResources(c *Call, kind int8) (names []string, known bool) {
	switch kind {
	case resourceTopic:
		for t := range c.Image.Topics() {
			names = append(names, t.Name)
		}
	case resourceBroker, resourceBrokerLogger:
		for b := range c.Image.Brokers() {
			if _, listens := b.Endpoint(c.Conn.Listener()); listens && !b.Fenced {
				names = append(names, strconv.Itoa(int(b.ID)))
			}
		}
	case resourceClientMetrics, resourceGroup:
		names = configured(c.Image, kind)
	default:
		return nil, false
	}
	return names, true
}

// configured lists the resources of one kind that have configs.
func configured(image *metadata.Image, kind int8) []string {
	var names []string
	for r := range image.Configs() {
		if r.Type == kind {
			names = append(names, r.Name)
		}
	}
	return names
}

package api

import (
	"fmt"
	"maps"
	"slices"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// DescribeClientQuotas (key 48), versions 0–1 (KIP-546).
//
// Lists the entities that match every component of the filter; a strict filter
// matches only entities that have no further parts.
func (a *API) describeClientQuotas(c *Call, req *wire.DescribeClientQuotasRequest) *wire.DescribeClientQuotasResponse {
	resp := &wire.DescribeClientQuotasResponse{}
	resp.SetDefaults()
	if err := checkQuotaFilter(req.Components); err != nil {
		message := err.Error()
		resp.ErrorCode, resp.ErrorMessage, resp.Entries = errorCode(err), &message, nil
		return resp
	}
	resp.ErrorMessage, resp.Entries = noMessage(), []wire.DescribeClientQuotasResponseEntryData{}
	for q := range c.Image.ClientQuotas() {
		if quotaMatches(q.Entity, req) {
			resp.Entries = append(resp.Entries, quotaEntry(q))
		}
	}
	return resp
}

// Kinds of match of a quota filter's component.
const (
	matchExact     = 0
	matchDefault   = 1
	matchSpecified = 2
)

// checkQuotaFilter refuses filters that no entity could be meant by.
func checkQuotaFilter(components []wire.DescribeClientQuotasRequestComponentData) error {
	seen := make(map[string]bool, len(components))
	for i := range components {
		f := &components[i]
		switch {
		case f.EntityType == "":
			return refuse(wire.InvalidRequest, "Invalid empty entity type.")
		case seen[f.EntityType]:
			return refuse(wire.InvalidRequest, fmt.Sprintf("Entity type %s cannot appear more than once in the filter.", f.EntityType))
		case f.EntityType != "user" && f.EntityType != "client-id" && f.EntityType != "ip":
			return refuse(wire.UnsupportedVersion, "Unsupported entity type "+f.EntityType)
		case f.MatchType < matchExact || f.MatchType > matchSpecified:
			return refuse(wire.InvalidRequest, fmt.Sprintf("Unknown match type %d", f.MatchType))
		case f.MatchType == matchExact && f.Match == nil:
			return refuse(wire.InvalidRequest, "Request specified MATCH_TYPE_EXACT, but set match string to null.")
		case f.MatchType == matchDefault && f.Match != nil:
			return refuse(wire.InvalidRequest, "Request specified MATCH_TYPE_DEFAULT, but also specified a match string.")
		case f.MatchType == matchSpecified && f.Match != nil:
			return refuse(wire.InvalidRequest, "Request specified MATCH_TYPE_SPECIFIED, but also specified a match string.")
		}
		seen[f.EntityType] = true
	}
	if seen["ip"] && len(seen) > 1 {
		return refuse(wire.InvalidRequest, "Invalid entity filter component combination. IP filter component should not be used with user or clientId filter component.")
	}
	return nil
}

func quotaMatches(entity []metadata.QuotaPart, req *wire.DescribeClientQuotasRequest) bool {
	for i := range req.Components {
		f := &req.Components[i]
		matches := func(p metadata.QuotaPart) bool {
			switch {
			case p.Type != f.EntityType:
				return false
			case f.MatchType == matchDefault:
				return p.Name == nil
			case f.MatchType == matchSpecified:
				return true
			}
			return p.Name != nil && *p.Name == *f.Match
		}
		if !slices.ContainsFunc(entity, matches) {
			return false
		}
	}
	return !req.Strict || len(entity) == len(req.Components)
}

func quotaEntry(q *metadata.ClientQuota) wire.DescribeClientQuotasResponseEntryData {
	var e wire.DescribeClientQuotasResponseEntryData
	for _, p := range q.Entity {
		e.Entity = append(e.Entity, wire.DescribeClientQuotasResponseEntityData{EntityType: p.Type, EntityName: p.Name})
	}
	for _, key := range slices.Sorted(maps.Keys(q.Values)) {
		e.Values = append(e.Values, wire.DescribeClientQuotasResponseValueData{Key: key, Value: q.Values[key]})
	}
	return e
}

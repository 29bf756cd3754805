package api

import (
	"testing"
	"testing/synctest"

	"github.com/brolga-io/brolga/internal/wire"
)

type (
	quotaFilter = wire.DescribeClientQuotasRequestComponentData
	quotaPart   = wire.ClientQuotaRecordEntityData
)

func filterOf(kind string, match int8, name *string) quotaFilter {
	return quotaFilter{EntityType: kind, MatchType: match, Match: name}
}

func ptr(s string) *string { return &s }

func TestDescribeClientQuotas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		for _, entity := range [][]quotaPart{
			{{EntityType: "user", EntityName: ptr("a")}},
			{{EntityType: "user"}},
			{{EntityType: "user", EntityName: ptr("a")}, {EntityType: "client-id", EntityName: ptr("c")}},
			{{EntityType: "ip", EntityName: ptr("10.0.0.1")}},
		} {
			b.apply(&wire.ClientQuotaRecord{Entity: entity, Key: "producer_byte_rate", Value: 1024})
		}
		c := b.client()
		for _, tc := range []struct {
			filter       []quotaFilter
			open, strict int // entities found
		}{
			{nil, 4, 0},
			{[]quotaFilter{filterOf("user", matchExact, ptr("a"))}, 2, 1},
			{[]quotaFilter{filterOf("user", matchDefault, nil)}, 1, 1},
			{[]quotaFilter{filterOf("user", matchSpecified, nil)}, 3, 2},
			{[]quotaFilter{filterOf("user", matchSpecified, nil), filterOf("client-id", matchExact, ptr("c"))}, 1, 1},
			{[]quotaFilter{filterOf("ip", matchExact, ptr("10.0.0.2"))}, 0, 0},
		} {
			for version := int16(0); version <= 1; version++ {
				for _, strict := range []bool{false, true} {
					var resp wire.DescribeClientQuotasResponse
					c.ask(&wire.DescribeClientQuotasRequest{Components: tc.filter, Strict: strict}, version, &resp)
					want := map[bool]int{false: tc.open, true: tc.strict}[strict]
					if resp.ErrorCode != wire.None || resp.Entries == nil || len(resp.Entries) != want {
						t.Errorf("version %d, %+v strict %v: %+v, want %d entities", version, tc.filter, strict, resp, want)
					}
				}
			}
		}
	})
}

// TestBadQuotaFilters has the answers of Kafka 4.4.
func TestBadQuotaFilters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		c := b.client()
		for _, tc := range []struct {
			filter []quotaFilter
			code   wire.ErrorCode
			text   string
		}{
			{[]quotaFilter{filterOf("bogus", matchSpecified, nil)}, wire.UnsupportedVersion, "Unsupported entity type bogus"},
			{[]quotaFilter{filterOf("", matchSpecified, nil)}, wire.InvalidRequest, "Invalid empty entity type."},
			{[]quotaFilter{filterOf("user", 7, nil)}, wire.InvalidRequest, "Unknown match type 7"},
			{[]quotaFilter{filterOf("user", matchExact, nil)}, wire.InvalidRequest, "Request specified MATCH_TYPE_EXACT, but set match string to null."},
			{[]quotaFilter{filterOf("user", matchDefault, ptr("x"))}, wire.InvalidRequest, "Request specified MATCH_TYPE_DEFAULT, but also specified a match string."},
			{[]quotaFilter{filterOf("user", matchSpecified, ptr("x"))}, wire.InvalidRequest, "Request specified MATCH_TYPE_SPECIFIED, but also specified a match string."},
			{[]quotaFilter{filterOf("user", matchSpecified, nil), filterOf("user", matchSpecified, nil)}, wire.InvalidRequest, "Entity type user cannot appear more than once in the filter."},
			{[]quotaFilter{filterOf("ip", matchSpecified, nil), filterOf("user", matchSpecified, nil)}, wire.InvalidRequest, "Invalid entity filter component combination. IP filter component should not be used with user or clientId filter component."},
		} {
			var resp wire.DescribeClientQuotasResponse
			c.ask(&wire.DescribeClientQuotasRequest{Components: tc.filter}, 1, &resp)
			if resp.ErrorCode != tc.code || *resp.ErrorMessage != tc.text || resp.Entries != nil {
				t.Errorf("%+v: %s %q", tc.filter, resp.ErrorCode.Name(), *resp.ErrorMessage)
			}
		}
	})
}

package api

import (
	"testing"
	"testing/synctest"

	"github.com/brolga-io/brolga/internal/wire"
)

// Without an authorizer ACLs can be neither seen nor changed.
func TestACLsWithoutAnAuthorizer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		c := b.client()
		for version := int16(1); version <= 3; version++ {
			var described wire.DescribeAclsResponse
			c.ask(&wire.DescribeAclsRequest{ResourceTypeFilter: 1, PatternTypeFilter: 3, Operation: 1, PermissionType: 1}, version, &described)
			if described.ErrorCode != wire.SecurityDisabled || described.ErrorMessage == nil {
				t.Errorf("version %d: described %+v", version, described)
			}
			acl := wire.CreateAclsRequestAclCreation{ResourceType: 2, ResourceName: "t", ResourcePatternType: 3, Principal: "User:a", Host: "*", Operation: 3, PermissionType: 3}
			var created wire.CreateAclsResponse
			c.ask(&wire.CreateAclsRequest{Creations: []wire.CreateAclsRequestAclCreation{acl, acl}}, version, &created)
			if len(created.Results) != 2 || created.Results[1].ErrorCode != wire.SecurityDisabled {
				t.Errorf("version %d: created %+v", version, created)
			}
			filter := wire.DeleteAclsRequestDeleteAclsFilter{ResourceTypeFilter: 1, PatternTypeFilter: 3, Operation: 1, PermissionType: 1}
			var deleted wire.DeleteAclsResponse
			c.ask(&wire.DeleteAclsRequest{Filters: []wire.DeleteAclsRequestDeleteAclsFilter{filter}}, version, &deleted)
			if len(deleted.FilterResults) != 1 || deleted.FilterResults[0].ErrorCode != wire.SecurityDisabled {
				t.Errorf("version %d: deleted %+v", version, deleted)
			}
		}
	})
}

// TestBad87UnknownACLValues is the part of row 87 of the bad inputs that needs no
// authorizer: an enumeration's UNKNOWN closes the connection, as in Kafka.
func TestBad87UnknownACLValues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		for version := int16(1); version <= 3; version++ {
			for _, req := range []wire.Request{
				&wire.DescribeAclsRequest{ResourceTypeFilter: 0, PatternTypeFilter: 3, Operation: 1, PermissionType: 1},
				&wire.DescribeAclsRequest{ResourceTypeFilter: 1, PatternTypeFilter: 3, Operation: 0, PermissionType: 1},
				&wire.CreateAclsRequest{Creations: []wire.CreateAclsRequestAclCreation{{ResourceType: 2, ResourcePatternType: 0, Operation: 3, PermissionType: 3}}},
				&wire.DeleteAclsRequest{Filters: []wire.DeleteAclsRequestDeleteAclsFilter{{ResourceTypeFilter: 1, PatternTypeFilter: 3, Operation: 1, PermissionType: 0}}},
			} {
				c := b.client()
				c.write(c.encode(req, version))
				c.mustBeClosed()
			}
		}
		b.mustWork("unknown ACL values")
	})
}

// A listener without SASL takes every connection for logged in.
func TestSASLWithoutSASL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		c := b.client()
		for version := int16(0); version <= 2; version++ {
			if version <= 1 {
				var resp wire.SaslHandshakeResponse
				c.ask(&wire.SaslHandshakeRequest{Mechanism: "PLAIN"}, version, &resp)
				if resp.ErrorCode != wire.IllegalSaslState || len(resp.Mechanisms) != 0 {
					t.Errorf("version %d: %+v", version, resp)
				}
			}
			var resp wire.SaslAuthenticateResponse
			c.ask(&wire.SaslAuthenticateRequest{AuthBytes: []byte("\x00a\x00b")}, version, &resp)
			if resp.ErrorCode != wire.IllegalSaslState || *resp.ErrorMessage != "SaslAuthenticate request received after successful authentication" {
				t.Errorf("version %d: %+v", version, resp)
			}
		}
		if got := c.produce(9, produceTo("t", 0, 1, records("x"))); got.ErrorCode != wire.None {
			t.Errorf("the connection is of no use any more: %v", got.ErrorCode.Name())
		}
	})
}

func TestDescribeUserScramCredentials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		for _, mechanism := range []int8{1, 2} {
			b.apply(&wire.UserScramCredentialRecord{Name: "alice", Mechanism: mechanism, Salt: []byte("s"), StoredKey: []byte("k"), ServerKey: []byte("v"), Iterations: 4096})
		}
		c := b.client()
		type user = wire.DescribeUserScramCredentialsRequestUserName
		for _, tc := range []struct {
			users []user
			want  map[string]wire.ErrorCode
		}{
			{nil, map[string]wire.ErrorCode{"alice": 0}},
			{[]user{}, map[string]wire.ErrorCode{"alice": 0}},
			{[]user{{Name: "alice"}, {Name: "bob"}}, map[string]wire.ErrorCode{"alice": 0, "bob": wire.ResourceNotFound}},
			{[]user{{Name: "alice"}, {Name: ""}, {Name: "alice"}}, map[string]wire.ErrorCode{"alice": wire.DuplicateResource, "": wire.ResourceNotFound}},
		} {
			var resp wire.DescribeUserScramCredentialsResponse
			c.ask(&wire.DescribeUserScramCredentialsRequest{Users: tc.users}, 0, &resp)
			if resp.ErrorCode != wire.None || len(resp.Results) != len(tc.want) {
				t.Fatalf("%+v: %+v", tc.users, resp)
			}
			for _, r := range resp.Results {
				if r.ErrorCode != tc.want[r.User] || (r.ErrorCode == 0) != (len(r.CredentialInfos) == 2) {
					t.Errorf("%+v: %+v", tc.users, r)
				}
			}
		}
	})
}

package api

import "github.com/brolga-io/brolga/internal/wire"

// Without an authorizer nobody may ask for ACLs or change them: each answer is
// SECURITY_DISABLED. What is malformed closes the connection all the same.

// aclUnknown is the value of each enumeration that no request may use.
const aclUnknown = 0

// anyUnknown tells whether one of the enumerated values is UNKNOWN.
func anyUnknown(values ...int8) bool {
	for _, v := range values {
		if v == aclUnknown {
			return true
		}
	}
	return false
}

// DescribeAcls (key 29), versions 1–3; v1: pattern types (KIP-290).
func (a *API) describeAcls(c *Call, req *wire.DescribeAclsRequest) *wire.DescribeAclsResponse {
	if anyUnknown(req.ResourceTypeFilter, req.PatternTypeFilter, req.Operation, req.PermissionType) {
		return nil
	}
	resp := &wire.DescribeAclsResponse{}
	resp.SetDefaults()
	message := "No Authorizer is configured on the broker"
	resp.ErrorCode, resp.ErrorMessage = wire.SecurityDisabled, &message
	return resp
}

// noAuthorizer is told for each item of a change of ACLs.
const noAuthorizer = "No Authorizer is configured."

// CreateAcls (key 30), versions 1–3; v1: pattern types (KIP-290).
func (a *API) createAcls(c *Call, req *wire.CreateAclsRequest) *wire.CreateAclsResponse {
	resp := &wire.CreateAclsResponse{}
	resp.SetDefaults()
	message := noAuthorizer
	for i := range req.Creations {
		acl := &req.Creations[i]
		if anyUnknown(acl.ResourceType, acl.ResourcePatternType, acl.Operation, acl.PermissionType) {
			return nil
		}
		resp.Results = append(resp.Results, wire.CreateAclsResponseAclCreationResult{
			ErrorCode: wire.SecurityDisabled, ErrorMessage: &message,
		})
	}
	return resp
}

// DeleteAcls (key 31), versions 1–3; v1: pattern types (KIP-290).
func (a *API) deleteAcls(c *Call, req *wire.DeleteAclsRequest) *wire.DeleteAclsResponse {
	resp := &wire.DeleteAclsResponse{}
	resp.SetDefaults()
	message := noAuthorizer
	for i := range req.Filters {
		f := &req.Filters[i]
		if anyUnknown(f.ResourceTypeFilter, f.PatternTypeFilter, f.Operation, f.PermissionType) {
			return nil
		}
		resp.FilterResults = append(resp.FilterResults, wire.DeleteAclsResponseDeleteAclsFilterResult{
			ErrorCode: wire.SecurityDisabled, ErrorMessage: &message,
		})
	}
	return resp
}

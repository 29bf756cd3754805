package api

import "github.com/brolga-io/brolga/internal/wire"

// ConsumerGroupDescribe (key 69), versions 0–1 (KIP-848).
//
//	v1: the kind of each member (KIP-1099)
//
// A group of another kind is answered like one that does not exist, with a
// message that tells the difference: clients then ask with DescribeGroups.
func (a *API) consumerGroupDescribe(c *Call, req *wire.ConsumerGroupDescribeRequest) *wire.ConsumerGroupDescribeResponse {
	resp := &wire.ConsumerGroupDescribeResponse{}
	resp.SetDefaults()
	for _, id := range req.GroupIds {
		row := wire.ConsumerGroupDescribeResponseDescribedGroup{}
		row.SetDefaults()
		row.GroupId = id
		row.ErrorCode, row.ErrorMessage = a.notAConsumerGroup(id)
		resp.Groups = append(resp.Groups, row)
	}
	return resp
}

// notAConsumerGroup says why a group cannot be described as a consumer group.
func (a *API) notAConsumerGroup(id string) (wire.ErrorCode, *string) {
	if id == "" {
		return wire.InvalidGroupId, nil
	}
	const withNotFound = 6 // the version of DescribeGroups that tells unknown groups
	classic := a.Groups.DescribeGroups(withNotFound, &wire.DescribeGroupsRequest{Groups: []string{id}})
	message := "Group " + id + " is not a consumer group."
	switch code := classic.Groups[0].ErrorCode; code {
	case wire.None:
	case wire.GroupIdNotFound:
		message = "Group " + id + " not found."
	default:
		return code, classic.Groups[0].ErrorMessage
	}
	return wire.GroupIdNotFound, &message
}

package controller

import (
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// DeleteTopics deletes topics by name or, from version 6 on, by id (KIP-516), in
// one batch. Their configs go with them. Answers are in the order of the request,
// one for a name or id that stands there twice.
func (c *Controller) DeleteTopics(caller Caller, req *wire.DeleteTopicsRequest) (*wire.DeleteTopicsResponse, error) {
	return decide(c, func(d *decision) (*wire.DeleteTopicsResponse, error) {
		asked := askedTopics(caller, req)
		resp := &wire.DeleteTopicsResponse{}
		if !d.Static.Bool("delete.topic.enable") {
			code := wire.TopicDeletionDisabled
			if caller.Version < 3 {
				code = wire.InvalidRequest
			}
			for _, t := range asked {
				resp.Responses = append(resp.Responses, deleteResult(t.Name, t.TopicId, refuseBare(code)))
			}
			return resp, nil
		}
		d.deleteTopics(asked, resp)
		if f := d.tooLarge(); f != nil {
			d.records = nil
			resp.Responses = nil
			for _, t := range asked {
				resp.Responses = append(resp.Responses, deleteResult(t.Name, t.TopicId, refuseBare(f.code)))
			}
		}
		return resp, nil
	})
}

// askedTopics gives requests of all versions one form.
func askedTopics(caller Caller, req *wire.DeleteTopicsRequest) []wire.DeleteTopicsRequestDeleteTopicState {
	if caller.Version >= 6 {
		return req.Topics
	}
	asked := make([]wire.DeleteTopicsRequestDeleteTopicState, len(req.TopicNames))
	for i := range asked {
		asked[i].Name = &req.TopicNames[i]
	}
	return asked
}

func deleteResult(name *string, id wire.UUID, f *fault) wire.DeleteTopicsResponseDeletableTopicResult {
	code, text := f.parts()
	return wire.DeleteTopicsResponseDeletableTopicResult{Name: name, TopicId: id, ErrorCode: code, ErrorMessage: text}
}

// deletion counts how often each topic is named, in each way.
type deletion struct {
	names map[string]int
	ids   map[wire.UUID]int
	// resolved counts the topics that names and ids lead to.
	resolved map[*metadata.Topic]int
}

func (d *decision) deleteTopics(asked []wire.DeleteTopicsRequestDeleteTopicState, resp *wire.DeleteTopicsResponse) {
	n := deletion{make(map[string]int), make(map[wire.UUID]int), make(map[*metadata.Topic]int)}
	for _, t := range asked {
		switch {
		case t.Name != nil && t.TopicId.IsZero():
			if n.names[*t.Name]++; n.names[*t.Name] == 1 {
				n.resolved[d.image.TopicByName(*t.Name)]++
			}
		case t.Name == nil && !t.TopicId.IsZero():
			if n.ids[t.TopicId]++; n.ids[t.TopicId] == 1 {
				n.resolved[d.image.TopicByID(t.TopicId)]++
			}
		}
	}
	answered := deletion{names: make(map[string]int), ids: make(map[wire.UUID]int)}
	for _, t := range asked {
		if t.Name != nil && t.TopicId.IsZero() {
			if answered.names[*t.Name]++; answered.names[*t.Name] > 1 {
				continue
			}
		} else if t.Name == nil && !t.TopicId.IsZero() {
			if answered.ids[t.TopicId]++; answered.ids[t.TopicId] > 1 {
				continue
			}
		}
		resp.Responses = append(resp.Responses, d.deleteTopic(t, &n))
	}
}

// deleteTopic adds the record of one deletion, if nothing speaks against it.
func (d *decision) deleteTopic(asked wire.DeleteTopicsRequestDeleteTopicState, n *deletion) wire.DeleteTopicsResponseDeletableTopicResult {
	name, id := asked.Name, asked.TopicId
	var t *metadata.Topic
	switch {
	case name == nil && id.IsZero():
		return deleteResult(nil, id, refuse(wire.InvalidRequest, "Neither topic name nor id were specified."))
	case name != nil && !id.IsZero():
		return deleteResult(name, id, refuse(wire.InvalidRequest, "You may not specify both topic name and topic id."))
	case name != nil && n.names[*name] > 1:
		return deleteResult(name, id, refuse(wire.InvalidRequest, "Duplicate topic name."))
	case name == nil && n.ids[id] > 1:
		return deleteResult(nil, id, refuse(wire.InvalidRequest, "Duplicate topic id."))
	case name != nil:
		if t = d.image.TopicByName(*name); t == nil {
			return deleteResult(name, id, refuseDefault(wire.UnknownTopicOrPartition))
		}
	default:
		if t = d.image.TopicByID(id); t == nil {
			return deleteResult(nil, id, refuseDefault(wire.UnknownTopicId))
		}
	}
	if n.resolved[t] > 1 {
		return deleteResult(&t.Name, t.ID, refuse(wire.InvalidRequest, "The provided topic name maps to an ID that was already supplied."))
	}
	d.add(&wire.RemoveTopicRecord{TopicId: t.ID})
	return deleteResult(&t.Name, t.ID, nil)
}

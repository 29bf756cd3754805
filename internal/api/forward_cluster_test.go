package api

import (
	"testing"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// newForwardingPair is a controller, and broker 1 which passes requests on to it.
func newForwardingPair(t *testing.T) (*controllerNode, *dataBroker) {
	n := newControllerNode(t)
	n.lead()
	n.join(n.client(), 1)
	b := newDataBroker(t)
	channel := n.client()
	b.forwarding(func(e *wire.EnvelopeRequest) (*wire.EnvelopeResponse, error) {
		resp := new(wire.EnvelopeResponse)
		channel.ask(e, 0, resp)
		return resp, nil
	})
	return n, b
}

// TestForwardedRequests: what a client asks of any broker is done by the controller.
func TestForwardedRequests(t *testing.T) {
	n, b := newForwardingPair(t)
	n.join(n.client(), 2)
	c := b.client()
	var created wire.CreateTopicsResponse
	c.ask(createRequest(), 7, &created)
	if len(created.Topics) != 1 || created.Topics[0].ErrorCode != wire.None {
		t.Fatalf("%+v", created)
	}
	var moved wire.AlterPartitionReassignmentsResponse
	move := &wire.AlterPartitionReassignmentsRequest{AllowReplicationFactorChange: true}
	move.Topics = []wire.AlterPartitionReassignmentsRequestReassignableTopic{{Name: "new", Partitions: []wire.AlterPartitionReassignmentsRequestReassignablePartition{
		{Replicas: []int32{1, 2}}, {PartitionIndex: 1, Replicas: []int32{1}},
	}}}
	c.ask(move, 1, &moved)
	if got := moved.Responses[0].Partitions; got[0].ErrorCode != wire.None || got[1].ErrorCode != wire.UnknownTopicOrPartition {
		t.Fatalf("%+v", moved)
	}
	var list wire.ListPartitionReassignmentsResponse
	c.ask(&wire.ListPartitionReassignmentsRequest{}, 0, &list)
	if len(list.Topics) != 1 || len(list.Topics[0].Partitions) != 1 || len(list.Topics[0].Partitions[0].AddingReplicas) != 1 {
		t.Fatalf("%+v", list)
	}
	var gone wire.UnregisterBrokerResponse
	c.ask(&wire.UnregisterBrokerRequest{BrokerId: 2}, 0, &gone)
	if gone.ErrorCode != wire.None {
		t.Fatalf("%+v", gone)
	}
	c.ask(&wire.UnregisterBrokerRequest{BrokerId: 2}, 0, &gone)
	if gone.ErrorCode != wire.BrokerIdNotRegistered || gone.ErrorMessage == nil {
		t.Fatalf("%+v", gone)
	}
}

// TestForwardedByBroker: the controller knows which broker passed the request on. A
// broker's own configs go through that broker.
func TestForwardedByBroker(t *testing.T) {
	n, b := newForwardingPair(t)
	n.join(n.client(), 2)
	for id, want := range map[string]wire.ErrorCode{"1": wire.None, "2": wire.InvalidRequest, "": wire.None} {
		value := "2"
		req := &wire.IncrementalAlterConfigsRequest{Resources: []wire.IncrementalAlterConfigsRequestAlterConfigsResource{{
			ResourceType: metadata.BrokerResource, ResourceName: id,
			Configs: []wire.IncrementalAlterConfigsRequestAlterableConfig{{Name: "log.cleaner.threads", Value: &value}},
		}}}
		var resp wire.IncrementalAlterConfigsResponse
		b.client().ask(req, 1, &resp)
		if len(resp.Responses) != 1 || resp.Responses[0].ErrorCode != want {
			t.Errorf("broker %q: %+v", id, resp)
		}
	}
}

// fakeLoggers are the loggers of a broker.
type fakeLoggers map[string]string

func (f fakeLoggers) Levels() map[string]string { return f }
func (f fakeLoggers) Set(logger, level string)  { f[logger] = level }
func (f fakeLoggers) Unset(logger string)       { delete(f, logger) }

// TestLoggersStayHere: of a request the levels of loggers are for the broker that it
// reaches, the rest for the controller.
func TestLoggersStayHere(t *testing.T) {
	_, b := newForwardingPair(t)
	loggers := fakeLoggers{"root": "INFO"}
	b.api.Loggers = loggers
	level, threads := "DEBUG", "3"
	type resource = wire.IncrementalAlterConfigsRequestAlterConfigsResource
	type config = wire.IncrementalAlterConfigsRequestAlterableConfig
	var resp wire.IncrementalAlterConfigsResponse
	b.client().ask(&wire.IncrementalAlterConfigsRequest{Resources: []resource{
		{ResourceType: metadata.BrokerLoggerResource, ResourceName: "1", Configs: []config{{Name: "root", Value: &level}}},
		{ResourceType: metadata.BrokerResource, ResourceName: "1", Configs: []config{{Name: "log.cleaner.threads", Value: &threads}}},
	}}, 1, &resp)
	if len(resp.Responses) != 2 || resp.Responses[0].ErrorCode != wire.None || resp.Responses[1].ErrorCode != wire.None {
		t.Fatalf("%+v", resp)
	}
	if loggers["root"] != "DEBUG" {
		t.Errorf("loggers %v", loggers)
	}
}

// TestBrokerCreatesItsOwnTopics: a topic that a broker wants is made by the cluster's
// controller, here because a client asks for the metadata of one that is not there.
func TestBrokerCreatesItsOwnTopics(t *testing.T) {
	n, b := newForwardingPair(t)
	var resp wire.MetadataResponse
	name := "wanted"
	b.client().ask(&wire.MetadataRequest{AllowAutoTopicCreation: true, Topics: []wire.MetadataRequestTopic{{Name: &name}}}, 12, &resp)
	if len(resp.Topics) != 1 || resp.Topics[0].ErrorCode != wire.UnknownTopicOrPartition && resp.Topics[0].ErrorCode != wire.LeaderNotAvailable {
		t.Fatalf("%+v", resp)
	}
	again := &wire.CreateTopicsRequest{Topics: []wire.CreateTopicsRequestCreatableTopic{{Name: name, NumPartitions: 1, ReplicationFactor: 1}}}
	var created wire.CreateTopicsResponse
	n.client().ask(again, 7, &created)
	if code := created.Topics[0].ErrorCode; code != wire.TopicAlreadyExists {
		t.Fatalf("creating it: %s", code.Name())
	}
}

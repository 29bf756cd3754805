package api

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/controller"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/server"
	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/shard/shardtest"
	"github.com/brolga-io/brolga/internal/wire"
)

const controllerListener = "CONTROLLER"

// controllerNode is a node that is only a controller, over a log in memory.
type controllerNode struct {
	*dataBroker
	controller *controller.Controller
	active     chan struct{}
	probed     chan int32
}

func newControllerNode(t *testing.T) *controllerNode {
	n := &controllerNode{
		dataBroker: &dataBroker{t: t, image: metadata.Empty()},
		active:     make(chan struct{}, 8), probed: make(chan int32, 8),
	}
	static, err := config.Load(config.Standalone(), nil)
	if err != nil {
		t.Fatal(err)
	}
	rt := shard.NewRuntime(nil)
	ids := byte(0)
	n.controller = controller.New(controller.Options{
		Runtime: rt, MetadataLog: shardtest.NewLog(), NodeID: 3000, ClusterID: "c", Static: static, Rand: rand.New(rand.NewPCG(1, 1)),
		NewUUID: func() wire.UUID { ids++; return wire.UUID{1, ids} }, Active: func() { n.active <- struct{}{} },
		Probe: func(id int32, _ int64, _ []metadata.Endpoint) { n.probed <- id },
	})
	n.api = New(Options{
		BrokerID: 3000, Image: n.now, Controller: n.controller, Settle: func() {},
		ControllerListeners: []string{controllerListener},
		Config:              func() config.Effective { return config.Effective{Static: static} },
	})
	n.srv = server.New(server.Config{}, n.api)
	l := newPipeListener()
	n.dial = l.dial
	n.srv.Serve(controllerListener, l)
	t.Cleanup(func() {
		n.srv.Shutdown(time.Second)
		n.controller.Close()
		rt.Close()
	})
	return n
}

func (n *controllerNode) lead() {
	n.controller.Lead(1)
	<-n.active
}

func registrationOf(id int32) *wire.BrokerRegistrationRequest {
	req := &wire.BrokerRegistrationRequest{}
	req.SetDefaults()
	req.BrokerId, req.ClusterId, req.IncarnationId, req.LogDirs = id, "c", wire.UUID{9, byte(id)}, []wire.UUID{{8, byte(id)}}
	for _, f := range metadata.Features() {
		req.Features = append(req.Features, wire.BrokerRegistrationRequestFeature{Name: f.Name, MinSupportedVersion: f.Min, MaxSupportedVersion: f.Max})
	}
	return req
}

// join registers a broker and unfences it on the client's connection.
func (n *controllerNode) join(c *client, id int32) (epoch int64) {
	n.t.Helper()
	var registered wire.BrokerRegistrationResponse
	c.ask(registrationOf(id), 4, &registered)
	var beat wire.BrokerHeartbeatResponse
	c.ask(&wire.BrokerHeartbeatRequest{BrokerId: id, BrokerEpoch: registered.BrokerEpoch, CurrentMetadataOffset: 1 << 30}, 2, &beat)
	if registered.ErrorCode != wire.None || beat.ErrorCode != wire.None || beat.IsFenced {
		n.t.Fatalf("%+v, %+v", registered, beat)
	}
	return registered.BrokerEpoch
}

// TestEnvelope: a request in an envelope is answered as if it had come by itself.
func TestEnvelope(t *testing.T) {
	n := newControllerNode(t)
	c := n.client()
	inner := func(req wire.Request, version int16) []byte {
		id := "tool"
		h := wire.RequestHeader{APIKey: req.APIKey(), APIVersion: version, CorrelationID: 77, ClientID: &id}
		return req.Append(h.Append(nil), version)
	}
	open := func(request, principal, host []byte) wire.EnvelopeResponse {
		var resp wire.EnvelopeResponse
		c.ask(&wire.EnvelopeRequest{RequestData: request, RequestPrincipal: principal, ClientHostAddress: host}, 0, &resp)
		return resp
	}
	alice, host := appendPrincipal(nil, "User:alice", 1), []byte{10, 0, 0, 1}
	if resp := open(inner(createRequest(), 7), alice, host); resp.ErrorCode != wire.NotController {
		t.Fatalf("before there is a controller: %+v", resp)
	}
	n.lead()
	n.join(c, 1)
	for name, tc := range map[string]struct {
		request, principal, host []byte
		want                     wire.ErrorCode
	}{
		"no principal":        {inner(createRequest(), 7), []byte{1, 2}, host, wire.PrincipalDeserializationFailure},
		"no address":          {inner(createRequest(), 7), alice, []byte{1, 2, 3}, wire.InvalidRequest},
		"no request":          {[]byte{0, 19}, alice, host, wire.InvalidRequest},
		"half a request":      {inner(createRequest(), 7)[:30], alice, host, wire.InvalidRequest},
		"not for a broker":    {inner(registrationOf(2), 4), alice, host, wire.InvalidRequest},
		"not to be passed on": {inner(&wire.MetadataRequest{}, 12), alice, host, wire.InvalidRequest},
		"an envelope":         {inner(&wire.EnvelopeRequest{}, 0), alice, host, wire.InvalidRequest},
		"another version":     {append([]byte{0, 19, 0, 99}, inner(createRequest(), 7)[4:]...), alice, host, wire.UnsupportedVersion},
	} {
		if resp := open(tc.request, tc.principal, tc.host); resp.ErrorCode != tc.want || resp.ResponseData != nil {
			t.Errorf("%s: %+v, want %s", name, resp, tc.want.Name())
		}
	}
	resp := open(inner(createRequest(), 7), alice, host)
	var r wire.Reader
	r.Reset(resp.ResponseData)
	id, err := wire.DecodeResponseHeader(&r, wire.APIKeyCreateTopics, 7)
	var created wire.CreateTopicsResponse
	created.Decode(&r, 7)
	if end := r.Int64(); end != n.now().EndOffset() || r.Remaining() > 0 {
		t.Errorf("true of the metadata up to %d, and %d bytes more", end, r.Remaining())
	}
	if resp.ErrorCode != wire.None || id != 77 || err != nil || r.Err() != nil || len(created.Topics) != 1 || created.Topics[0].ErrorCode != wire.None {
		t.Fatalf("%+v: %+v", resp, created)
	}
}

// TestHeartbeatConnectionBreaks: the controller is told which process is lost, if
// no other connection carried a later heartbeat of it.
func TestHeartbeatConnectionBreaks(t *testing.T) {
	n := newControllerNode(t)
	n.lead()
	old, later := n.client(), n.client()
	epoch := n.join(old, 1)
	n.join(n.client(), 2)
	var beat wire.BrokerHeartbeatResponse
	later.ask(&wire.BrokerHeartbeatRequest{BrokerId: 1, BrokerEpoch: epoch, CurrentMetadataOffset: 1 << 30}, 2, &beat)
	_ = old.c.Close() // carried an earlier heartbeat only
	other := n.client()
	n.join(other, 3)
	_ = other.c.Close()
	if id := <-n.probed; id != 3 {
		t.Fatalf("broker %d is lost, want 3", id)
	}
	_ = later.c.Close()
	if id := <-n.probed; id != 1 {
		t.Fatalf("broker %d is lost, want 1", id)
	}
}

// TestControllerAPIsElsewhere: what only the active controller can answer is refused
// by one that is not.
func TestControllerAPIsElsewhere(t *testing.T) {
	n := newControllerNode(t)
	c := n.client()
	var registered wire.BrokerRegistrationResponse
	c.ask(registrationOf(1), 4, &registered)
	var beat wire.BrokerHeartbeatResponse
	c.ask(&wire.BrokerHeartbeatRequest{BrokerId: 1}, 2, &beat)
	var altered wire.AlterPartitionResponse
	c.ask(&wire.AlterPartitionRequest{BrokerId: 1}, 3, &altered)
	var ids wire.AllocateProducerIdsResponse
	c.ask(&wire.AllocateProducerIdsRequest{BrokerId: 1}, 0, &ids)
	var second wire.ControllerRegistrationResponse
	c.ask(&wire.ControllerRegistrationRequest{ControllerId: 3001}, 0, &second)
	var moved wire.AlterPartitionReassignmentsResponse
	c.ask(&wire.AlterPartitionReassignmentsRequest{}, 1, &moved)
	var assigned wire.AssignReplicasToDirsResponse
	c.ask(&wire.AssignReplicasToDirsRequest{BrokerId: 1}, 0, &assigned)
	var gone wire.UnregisterBrokerResponse
	c.ask(&wire.UnregisterBrokerRequest{BrokerId: 1}, 0, &gone)
	for name, code := range map[string]wire.ErrorCode{
		"AlterPartitionReassignments": moved.ErrorCode, "AssignReplicasToDirs": assigned.ErrorCode, "UnregisterBroker": gone.ErrorCode,
		"BrokerRegistration": registered.ErrorCode, "BrokerHeartbeat": beat.ErrorCode, "AlterPartition": altered.ErrorCode,
		"AllocateProducerIds": ids.ErrorCode, "ControllerRegistration": second.ErrorCode,
	} {
		if code != wire.NotController {
			t.Errorf("%s: %s", name, code.Name())
		}
	}
}

package api

import (
	"strconv"

	"github.com/brolga-io/brolga/internal/wire"
)

// Endpoint types of DescribeCluster (KIP-919).
const (
	endpointBrokers     = 1
	endpointControllers = 2
)

// DescribeCluster (key 60), versions 0–2.
//
//	v1: the kind of endpoint that is asked for
//	v2: fenced brokers too, when asked for
func (a *API) describeCluster(c *Call, req *wire.DescribeClusterRequest) *wire.DescribeClusterResponse {
	resp := &wire.DescribeClusterResponse{}
	resp.SetDefaults()
	resp.Brokers = []wire.DescribeClusterResponseDescribeClusterBroker{}
	resp.EndpointType = req.EndpointType
	if a.listenerKind(c.Conn.Listener()) == wire.ControllerListener {
		return a.describeControllers(c, req, resp)
	}
	switch req.EndpointType {
	case endpointBrokers:
	case endpointControllers:
		return refuseCluster(resp, wire.MismatchedEndpointType, "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER")
	default:
		return refuseCluster(resp, wire.UnsupportedEndpointType, "Unsupported endpoint type "+strconv.Itoa(int(req.EndpointType)))
	}
	resp.ClusterId = c.Image.ClusterID()
	resp.ControllerId = a.anyAliveBroker(c.Image)
	for b := range c.Image.Brokers() {
		if b.Fenced && !req.IncludeFencedBrokers {
			continue
		}
		if ep, ok := b.Endpoint(c.Conn.Listener()); ok {
			resp.Brokers = append(resp.Brokers, wire.DescribeClusterResponseDescribeClusterBroker{
				BrokerId: b.ID, Host: ep.Host, Port: int32(ep.Port), Rack: b.Rack, IsFenced: b.Fenced,
			})
		}
	}
	if req.IncludeClusterAuthorizedOperations {
		resp.ClusterAuthorizedOperations = allOperations(clusterOperations)
	}
	return resp
}

// describeControllers answers on a controller listener: with the controllers that
// have registered (KIP-919).
func (a *API) describeControllers(c *Call, req *wire.DescribeClusterRequest, resp *wire.DescribeClusterResponse) *wire.DescribeClusterResponse {
	switch req.EndpointType {
	case endpointControllers:
	case endpointBrokers:
		return refuseCluster(resp, wire.MismatchedEndpointType, "The request was sent to an endpoint of type CONTROLLER, but we wanted an endpoint of type BROKER")
	default:
		return refuseCluster(resp, wire.UnsupportedEndpointType, "Unsupported endpoint type "+strconv.Itoa(int(req.EndpointType)))
	}
	resp.ClusterId = a.ClusterID
	quorum := a.Quorum()
	resp.ControllerId = quorum.LeaderID
	for controller := range c.Image.Controllers() {
		for _, e := range controller.Endpoints {
			if e.Name == c.Conn.Listener() {
				resp.Brokers = append(resp.Brokers, wire.DescribeClusterResponseDescribeClusterBroker{
					BrokerId: controller.ID, Host: e.Host, Port: int32(e.Port),
				})
			}
		}
	}
	if len(resp.Brokers) == 0 && quorum.LogEndOffset > 0 { // it has a past, and no leader yet
		for _, v := range quorum.Voters {
			if len(v.Endpoints) > 0 {
				resp.Brokers = append(resp.Brokers, wire.DescribeClusterResponseDescribeClusterBroker{
					BrokerId: v.NodeID, Host: v.Endpoints[0].Host, Port: int32(v.Endpoints[0].Port),
				})
			}
		}
	}
	if req.IncludeClusterAuthorizedOperations {
		resp.ClusterAuthorizedOperations = allOperations(clusterOperations)
	}
	return resp
}

func refuseCluster(resp *wire.DescribeClusterResponse, code wire.ErrorCode, message string) *wire.DescribeClusterResponse {
	resp.ErrorCode, resp.ErrorMessage = code, &message
	return resp
}

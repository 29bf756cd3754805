package api

import "github.com/brolga-io/brolga/internal/metadata"

// nodeEndpoint says how a client reaches a broker that an answer names (KIP-951).
type nodeEndpoint struct {
	id   int32
	host string
	port int32
	rack *string
}

// nodeEndpoints returns the endpoints of brokers on the listener that the client
// came in by. Brokers that are unknown or not on that listener are left out.
func nodeEndpoints(img *metadata.Image, listener string, ids []int32) []nodeEndpoint {
	var found []nodeEndpoint
	for _, id := range ids {
		b := img.Broker(id)
		if b == nil {
			continue
		}
		if e, ok := b.Endpoint(listener); ok {
			found = append(found, nodeEndpoint{id: id, host: e.Host, port: int32(e.Port), rack: b.Rack})
		}
	}
	return found
}

package api

// ApiVersions (key 18), versions 0–5.
//
//	v1  throttle time
//	v3  client software name and version, features (KIP-511, KIP-584)
//	v4  supported features whose lowest level is 0 are listed (KAFKA-17011)
//	v5  the node the client believes it talks to; REBOOTSTRAP_REQUIRED when it
//	    is another one (KIP-1242)
//
// The answer always has header version 0. A request in a version that is not
// served is answered in version 0 with UNSUPPORTED_VERSION and the whole list.

import (
	"slices"

	"github.com/brolga-io/brolga/internal/server"
	"github.com/brolga-io/brolga/internal/wire"
)

// produceAdvertisedMin is the lowest Produce version that is advertised though
// versions 0 to 2 are refused: librdkafka picks its message format by it
// (KAFKA-18659).
const produceAdvertisedMin = 0

// apiVersions is not typed because answering a bad request needs the rest of a
// good answer.
func apiVersions(a *API, c *Call, r *wire.Reader, out *server.Response) error {
	var req wire.ApiVersionsRequest
	req.Decode(r, c.Version)
	if err := r.Err(); err != nil {
		return err
	}
	resp := &wire.ApiVersionsResponse{}
	resp.SetDefaults()
	switch {
	case c.Version >= 3 && !(validSoftware(req.ClientSoftwareName) && validSoftware(req.ClientSoftwareVersion)):
		resp.ErrorCode = wire.InvalidRequest
	case a.otherNode(c, &req):
		resp.ErrorCode = wire.RebootstrapRequired
	default:
		st := state(c.Conn)
		st.softwareName, st.softwareVersion = req.ClientSoftwareName, req.ClientSoftwareVersion
		a.fillApiVersions(c, resp)
	}
	out.B = resp.Append(out.B, c.Version)
	return nil
}

// otherNode tells whether the client meant to reach another cluster or node.
func (a *API) otherNode(c *Call, req *wire.ApiVersionsRequest) bool {
	if req.ClusterId == nil || req.NodeId < 0 {
		return false
	}
	return *req.ClusterId != c.Image.ClusterID() || req.NodeId != a.BrokerID
}

func (a *API) fillApiVersions(c *Call, resp *wire.ApiVersionsResponse) {
	resp.ApiKeys = a.servedVersions(c)
	for _, f := range a.features {
		if f.Min == 0 && c.Version < 4 {
			continue // these versions take a level of 0 for a missing one
		}
		resp.SupportedFeatures = append(resp.SupportedFeatures, wire.ApiVersionsResponseSupportedFeatureKey{
			Name: f.Name, MinVersion: f.Min, MaxVersion: f.Max,
		})
	}
	resp.FinalizedFeaturesEpoch = c.Image.Offset()
	for _, f := range a.features {
		if level := c.Image.Feature(f.Name); level > 0 {
			resp.FinalizedFeatures = append(resp.FinalizedFeatures, wire.ApiVersionsResponseFinalizedFeatureKey{
				Name: f.Name, MinVersionLevel: level, MaxVersionLevel: level,
			})
		}
	}
}

// servedVersions lists the APIs of the table that the connection's listener
// takes, by key.
func (a *API) servedVersions(c *Call) []wire.ApiVersionsResponseApiVersion {
	kind := a.listenerKind(c.Conn.Listener())
	keys := make([]wire.ApiVersionsResponseApiVersion, 0, len(a.rows))
	for key, r := range a.rows {
		if api, _ := wire.LookupAPI(key); !api.Listeners.Has(kind) || key >= wire.PrivateAPIKeys {
			continue
		}
		v := wire.ApiVersionsResponseApiVersion{ApiKey: key, MinVersion: r.min, MaxVersion: r.max}
		if key == wire.APIKeyProduce {
			v.MinVersion = produceAdvertisedMin
		}
		keys = append(keys, v)
	}
	slices.SortFunc(keys, func(x, y wire.ApiVersionsResponseApiVersion) int { return int(x.ApiKey) - int(y.ApiKey) })
	return keys
}

// unsupportedApiVersions answers a version that is not served, so that the
// client can choose one that is.
func (a *API) unsupportedApiVersions(c *Call, out *server.Response) error {
	resp := &wire.ApiVersionsResponse{}
	resp.SetDefaults()
	resp.ErrorCode = wire.UnsupportedVersion
	resp.ApiKeys = a.servedVersions(c)
	out.B = wire.AppendResponseHeader(out.B, wire.APIKeyApiVersions, 0, c.Header.CorrelationID)
	out.B = resp.Append(out.B, 0)
	return nil
}

// validSoftware checks a client's software name or version: letters, digits,
// dots and dashes, of which the last two stand neither first nor last (KIP-511).
func validSoftware(s string) bool {
	for i := range len(s) {
		b := s[i]
		alphanumeric := b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
		inner := (b == '-' || b == '.') && i > 0 && i < len(s)-1
		if !alphanumeric && !inner {
			return false
		}
	}
	return s != ""
}

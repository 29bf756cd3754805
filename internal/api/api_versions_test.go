package api

import (
	"testing"
	"testing/synctest"

	"github.com/brolga-io/brolga/internal/wire"
)

// brokerRows are the rows of the table that clients of brokers see.
func brokerRows() (rows []row) {
	for _, r := range table() {
		if api, _ := wire.LookupAPI(r.key); api.Listeners.Has(wire.BrokerListener) {
			rows = append(rows, r)
		}
	}
	return rows
}

func TestApiVersionsInEveryVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.apply(&wire.FeatureLevelRecord{Name: "metadata.version", FeatureLevel: 25})
		c := b.client()
		for version := int16(0); version <= 5; version++ {
			var resp wire.ApiVersionsResponse
			c.ask(softwareRequest("test", "1"), version, &resp)
			if resp.ErrorCode != 0 || len(resp.ApiKeys) != len(brokerRows()) {
				t.Fatalf("version %d: %v with %d APIs, want %d", version, resp.ErrorCode.Name(), len(resp.ApiKeys), len(brokerRows()))
			}
			for i, k := range resp.ApiKeys {
				r := brokerRows()[i]
				if r.key == wire.APIKeyProduce {
					r.min = 0
				}
				if k.ApiKey != r.key || k.MinVersion != r.min || k.MaxVersion != r.max {
					t.Errorf("version %d: %+v, want %d %d-%d", version, k, r.key, r.min, r.max)
				}
			}
			if version < 3 {
				continue
			}
			supported := map[string]int16{}
			for _, f := range resp.SupportedFeatures {
				supported[f.Name] = f.MinVersion
				if version < 4 && f.MinVersion == 0 {
					t.Errorf("version %d lists %s from level 0", version, f.Name)
				}
			}
			if _, ok := supported["kraft.version"]; ok != (version >= 4) {
				t.Errorf("version %d: kraft.version listed %v", version, ok)
			}
			if len(resp.FinalizedFeatures) != 1 || resp.FinalizedFeatures[0].MaxVersionLevel != 25 || resp.FinalizedFeaturesEpoch != b.now().Offset() {
				t.Errorf("version %d: finalised %+v at %d", version, resp.FinalizedFeatures, resp.FinalizedFeaturesEpoch)
			}
		}
	})
}

func TestApiVersionsOfAnotherNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		here, elsewhere := b.now().ClusterID(), "another-cluster"
		for _, tc := range []struct {
			cluster *string
			node    int32
			want    wire.ErrorCode
		}{
			{nil, -1, 0}, {nil, 7, 0}, {&here, -1, 0}, {&elsewhere, -1, 0},
			{&here, 1, 0}, {&here, 2, wire.RebootstrapRequired}, {&elsewhere, 1, wire.RebootstrapRequired},
		} {
			req := softwareRequest("test", "1")
			req.ClusterId, req.NodeId = tc.cluster, tc.node
			var resp wire.ApiVersionsResponse
			b.client().ask(req, 5, &resp)
			if resp.ErrorCode != tc.want {
				t.Errorf("%+v: %v", tc, resp.ErrorCode.Name())
			}
		}
	})
}

// TestTableMatchesTheProtocol keeps the table within what Kafka has.
func TestTableMatchesTheProtocol(t *testing.T) {
	last := int16(-1)
	for _, r := range table() {
		api, ok := wire.LookupAPI(r.key)
		if !ok || r.min < api.MinVersion || r.max > api.MaxVersion {
			t.Errorf("key %d serves %d-%d, Kafka has %d-%d", r.key, r.min, r.max, api.MinVersion, api.MaxVersion)
		}
		if r.key <= last {
			t.Errorf("key %d is out of order", r.key)
		}
		if r.serve == nil && r.key != wire.APIKeyProduce {
			t.Errorf("%s has no handler", api.Name)
		}
		last = r.key
	}
}

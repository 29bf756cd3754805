package api

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/controller"
	"github.com/brolga-io/brolga/internal/wire"
)

func TestPrincipalsTravel(t *testing.T) {
	for _, principal := range []string{"User:alice", "User:CN=a:b,OU=c", "User:", "Group:é"} {
		got, broker, err := parsePrincipal(appendPrincipal(nil, principal, 7))
		if err != nil || got != principal || broker != 7 {
			t.Errorf("%s became %s from broker %d, %v", principal, got, broker, err)
		}
	}
	kafkas := (&wire.DefaultPrincipalData{Type: "User", Name: "bob"}).Append([]byte{0, 0}, 0)
	if got, broker, err := parsePrincipal(kafkas); err != nil || got != "User:bob" || broker != controller.NoBroker {
		t.Errorf("Kafka's form: %s, %d, %v", got, broker, err)
	}
	var back wire.DefaultPrincipalData
	var r wire.Reader
	r.Reset(appendPrincipal(nil, "User:alice", 7)[2:])
	if back.Decode(&r, 0); r.Err() != nil || back.Name != "alice" || r.Remaining() > 0 {
		t.Errorf("Kafka reads %+v, %v", back, r.Err())
	}
}

func FuzzParsePrincipal(f *testing.F) {
	f.Add(appendPrincipal(nil, "User:alice", 3))
	f.Add([]byte{0, 0, 1, 1, 0, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		principal, broker, err := parsePrincipal(b)
		if err != nil {
			return
		}
		again, same, err := parsePrincipal(appendPrincipal(nil, principal, broker))
		if err != nil || same != broker || again != principal {
			t.Fatalf("%q from %d became %q from %d, %v", principal, broker, again, same, err)
		}
	})
}

// forwarding makes the broker one that has no controller and passes on by fn.
func (b *dataBroker) forwarding(fn func(*wire.EnvelopeRequest) (*wire.EnvelopeResponse, error)) {
	b.t.Helper()
	static, err := config.Load(config.Standalone(), []string{"request.timeout.ms=3000"})
	if err != nil {
		b.t.Fatal(err)
	}
	b.api.Config = func() config.Effective { return config.Effective{Static: static} }
	b.api.Forward = fn
	b.api.Settle = func() {}
}

func createRequest() *wire.CreateTopicsRequest {
	return &wire.CreateTopicsRequest{Topics: []wire.CreateTopicsRequestCreatableTopic{{Name: "new", NumPartitions: 1, ReplicationFactor: 1}}}
}

// TestRequestsArePassedOn: what comes in the envelope is the client's request, and
// what comes back is its answer.
func TestRequestsArePassedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		tries, awaited := 0, int64(0)
		b.api.Await = func(endOffset int64) { awaited = endOffset }
		b.forwarding(func(e *wire.EnvelopeRequest) (*wire.EnvelopeResponse, error) {
			if tries++; tries < 4 {
				return nil, wire.NotController // an election is under way
			}
			principal, broker, err := parsePrincipal(e.RequestPrincipal)
			if err != nil || principal != anonymous || broker != 1 || len(e.ClientHostAddress) != 0 { // a pipe has no address
				t.Errorf("from %s at %v by broker %d, %v", principal, e.ClientHostAddress, broker, err)
			}
			var r wire.Reader
			r.Reset(e.RequestData)
			var h wire.RequestHeader
			var req wire.CreateTopicsRequest
			if err := h.Decode(&r); err != nil {
				t.Error(err)
			}
			if req.Decode(&r, h.APIVersion); r.Err() != nil || req.Topics[0].Name != "new" {
				t.Errorf("%+v, %v", req, r.Err())
			}
			answer := wire.AppendResponseHeader(nil, h.APIKey, h.APIVersion, h.CorrelationID)
			resp := wire.CreateTopicsResponse{Topics: []wire.CreateTopicsResponseCreatableTopicResult{{Name: "made there", NumPartitions: 4}}}
			return &wire.EnvelopeResponse{ResponseData: appendOffset(resp.Append(answer, h.APIVersion), 4711)}, nil
		})
		var resp wire.CreateTopicsResponse
		b.client().ask(createRequest(), 7, &resp)
		if len(resp.Topics) != 1 || resp.Topics[0].Name != "made there" || resp.Topics[0].NumPartitions != 4 || tries != 4 || awaited != 4711 {
			t.Fatalf("%+v after %d tries, awaited %d", resp, tries, awaited)
		}
	})
}

func TestPassingOnFails(t *testing.T) {
	for name, c := range map[string]struct {
		answer *wire.EnvelopeResponse
		err    error
		want   wire.ErrorCode
		after  time.Duration
	}{
		"no controller":    {nil, wire.NotController, wire.NotController, 3 * time.Second},
		"not it":           {&wire.EnvelopeResponse{ErrorCode: wire.NotController}, nil, wire.NotController, 3 * time.Second},
		"connection broke": {nil, errors.New("reset"), wire.RequestTimedOut, 0},
		"not allowed":      {&wire.EnvelopeResponse{ErrorCode: wire.ClusterAuthorizationFailed}, nil, wire.ClusterAuthorizationFailed, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newDataBroker(t)
				b.forwarding(func(*wire.EnvelopeRequest) (*wire.EnvelopeResponse, error) { return c.answer, c.err })
				begin := time.Now()
				var resp wire.CreateTopicsResponse
				b.client().ask(createRequest(), 7, &resp)
				took := time.Since(begin)
				if len(resp.Topics) != 1 || resp.Topics[0].ErrorCode != c.want || took < c.after || took > c.after+time.Second {
					t.Fatalf("%+v after %v, want %s after %v", resp, took, c.want.Name(), c.after)
				}
			})
		})
	}
}

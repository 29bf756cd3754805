package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/wire"
)

// admin sends requests the way Java's admin client does: each call has a
// deadline, and a failure has the call's name in it.
type admin struct {
	*kafkaClient
	timeout time.Duration
	only    *kgo.Broker // where set, every call goes to this node
}

const defaultAPITimeout = 60 * time.Second

// newAdmin opens an admin client. Like Java's it connects only when it is used.
func newAdmin(env *Env, props clientProps, bootstrap string) (*admin, error) {
	props["bootstrap.servers"] = bootstrap
	props.orDefault("client.id", "adminclient-1")
	timeout, err := props.millis("default.api.timeout.ms", defaultAPITimeout)
	if err != nil {
		return nil, adminFailed(err)
	}
	c, err := newClient(env, "AdminClient", props)
	if err != nil {
		return nil, adminFailed(err)
	}
	return &admin{kafkaClient: c, timeout: timeout}, nil
}

// adminFailed has Java's message in its first line and the reason in the next.
func adminFailed(cause error) error {
	return &exception{class: "org.apache.kafka.common.KafkaException",
		text: "Failed to create new KafkaAdminClient\n" + cause.Error(), cause: cause}
}

// attempt runs one try of a call until it succeeds, fails for good, or the
// call's time is over. A coordinator that moves, loads or does not exist yet is
// worth another try, as for Java's admin client.
func (a *admin) attempt(name string, try func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), a.timeout)
	defer cancel()
	for backoff := 100 * time.Millisecond; ; backoff = min(2*backoff, time.Second) {
		err := try(ctx)
		if err == nil {
			return nil
		}
		var k *kerr.Error
		if !errors.As(err, &k) || !k.Retriable || sleep(ctx, backoff) != nil {
			return a.explain(ctx, name, err)
		}
	}
}

func (a *admin) ask(ctx context.Context, req kmsg.Request) (kmsg.Response, error) {
	if a.only != nil {
		return a.only.RetriableRequest(ctx, req)
	}
	return a.Request(ctx, req)
}

// call sends a request to whichever broker answers it and returns the response.
func call[R kmsg.Response](a *admin, name string, req kmsg.Request) (R, error) {
	var resp R
	err := a.attempt(name, func(ctx context.Context) error {
		r, err := a.ask(ctx, req)
		if err == nil {
			resp = r.(R)
		}
		return err
	})
	return resp, err
}

// callEach sends a request that is split over several brokers. Every part's
// response goes to each once all have come; a part that failed ends the call.
func callEach[R kmsg.Response](a *admin, name string, req kmsg.Request, each func(kgo.BrokerMetadata, R)) error {
	var shards []kgo.ResponseShard
	err := a.attempt(name, func(ctx context.Context) error {
		shards = a.RequestSharded(ctx, req)
		for _, shard := range shards {
			if shard.Err != nil {
				return shard.Err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, shard := range shards {
		each(shard.Meta, shard.Resp.(R))
	}
	return nil
}

// coordinatorCall names a call that goes to a group's coordinator: as long as
// nothing answers, it is the search for that one which is under way.
func (a *admin) coordinatorCall(name string) string {
	if a.connected.Load() {
		return name
	}
	return name + "(api=FIND_COORDINATOR)"
}

// explain words a failed call as Java does.
func (a *admin) explain(ctx context.Context, name string, err error) error {
	if e, ok := asBrokerError(err); ok {
		return e
	}
	// The library does not export the errors with which it refuses a request
	// that the broker does not list.
	if text := err.Error(); strings.Contains(text, "broker is too old") || strings.Contains(text, "request key is unknown") {
		return &exception{class: errorsPackage + "UnsupportedVersionException", text: "The broker does not support " + name, code: wire.UnsupportedVersion, cause: err}
	}
	if !a.connected.Load() {
		return timedOut("Timed out waiting for a node assignment. Call: " + name)
	}
	if ctx.Err() == nil && !errors.Is(err, context.DeadlineExceeded) {
		return &exception{class: errorsPackage + "DisconnectException", text: err.Error(), cause: err}
	}
	now := a.env.Now().UnixMilli()
	return timedOut(fmt.Sprintf("Call(callName=%s, deadlineMs=%d, tries=1, nextAllowedTryMs=%d) timed out at %d after 1 attempt(s)",
		name, now, now+100, now))
}

// unsupported tells a request that the cluster does not know.
func unsupported(err error) bool { return hasCode(err, wire.UnsupportedVersion) }

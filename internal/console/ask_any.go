package console

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// anyPatience is how long one broker is waited for before the next is asked: one
// that hangs must not hide what the others know.
const anyPatience = 1500 * time.Millisecond

// askAny sends a request that every broker can answer to the one that answered
// last, and where that does not answer soon, to the others in turn.
func (k *cluster) askAny(ctx context.Context, req kmsg.Request) (kmsg.Response, error) {
	brokers := append(k.client.DiscoveredBrokers(), k.client.SeedBrokers()...)
	if last := k.lastGood.Load(); last != nil {
		brokers = append([]*kgo.Broker{last}, brokers...)
	}
	var failed error
	for _, b := range brokers {
		asking, cancel := context.WithTimeout(ctx, anyPatience)
		resp, err := b.Request(asking, req)
		cancel()
		if err == nil {
			k.lastGood.Store(b)
			return resp, nil
		}
		if ctx.Err() != nil || unsupported(err) {
			return nil, err
		}
		failed = err
	}
	k.lastGood.Store(nil)
	return nil, failed
}

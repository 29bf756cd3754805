package cli

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// kafkaClient is a connection to a cluster that speaks of its troubles as Java's
// client of that kind does.
type kafkaClient struct {
	*kgo.Client
	env  *Env
	name string // what its log lines begin with
	kind string // "AdminClient", "Producer", "Consumer"

	connected atomic.Bool
	closing   atomic.Bool // failed connections are our own doing
}

// newClient builds a client from Java properties; opts are the tool's own.
func newClient(env *Env, kind string, props clientProps, opts ...kgo.Opt) (*kafkaClient, error) {
	seeds, err := parseBootstrap(env, props["bootstrap.servers"])
	if err != nil {
		return nil, err
	}
	security, err := securityOptions(props)
	if err != nil {
		return nil, err
	}
	c := &kafkaClient{env: env, kind: kind, name: fmt.Sprintf("[%s clientId=%s]", kind, clientLabel(kind, props))}
	base := []kgo.Opt{
		kgo.SeedBrokers(seeds...),
		kgo.ClientID(props["client.id"]),
		kgo.WithHooks(c),
		kgo.DisableClientMetrics(),
		// A client gives up by its own deadline, not after a number of tries.
		kgo.RequestRetries(math.MaxInt32),
		kgo.RetryTimeout(24 * time.Hour),
		kgo.RetryBackoffFn(reconnectBackoff),
		kgo.MetadataMinAge(100 * time.Millisecond),
		// A broker that stands still accepts connections and says nothing: another
		// one is asked soon.
		kgo.RequestTimeoutOverhead(silentBroker),
		kgo.DialTimeout(silentBroker),
	}
	c.Client, err = kgo.NewClient(append(append(base, security...), opts...)...)
	if err != nil {
		return nil, configError(err.Error())
	}
	return c, nil
}

// silentBroker is how long a broker may say nothing to a request that names no
// time of its own. Java's default, 30 s, is most of a person's patience.
const silentBroker = 3 * time.Second

// clientLabel is the client id, with the group before it for a consumer.
func clientLabel(kind string, props clientProps) string {
	if group := props["group.id"]; kind == "Consumer" && group != "" {
		return props["client.id"] + ", groupId=" + group
	}
	return props["client.id"]
}

// reconnectBackoff is Java's default: 50 ms, doubled to at most 1 s, ±20 %.
func reconnectBackoff(fails int) time.Duration {
	ms := 50 * math.Pow(2, float64(max(0, min(fails-1, 5))))
	return time.Duration(min(ms, 1000) * (0.8 + 0.4*rand.Float64()) * float64(time.Millisecond))
}

// OnBrokerConnect warns of a failed connection in the words of Java's
// NetworkClient. Only admin clients stay silent about the bootstrap broker.
func (c *kafkaClient) OnBrokerConnect(meta kgo.BrokerMetadata, _ time.Duration, _ net.Conn, err error) {
	if err == nil {
		c.connected.Store(true)
		return
	}
	if c.closing.Load() {
		return
	}
	id, bootstrap := nodeID(meta.NodeID)
	const logger = "org.apache.kafka.clients.NetworkClient"
	c.env.log("WARN", fmt.Sprintf("%s Connection to node %d (%s) could not be established. Node may not be available.",
		c.name, id, javaAddress(meta.Host, meta.Port)), logger)
	if bootstrap && c.kind != "AdminClient" {
		c.env.log("WARN", fmt.Sprintf("%s Bootstrap broker %s:%d (id: %d rack: null isFenced: false) disconnected",
			c.name, meta.Host, meta.Port, id), logger)
	}
}

// Close closes the connections; a member of a group leaves it first.
func (c *kafkaClient) Close() {
	c.closing.Store(true)
	c.Client.CloseAllowingRebalance()
}

// nodeID translates the library's ids of seed brokers, which count up from the
// smallest int32, to Java's, which count down from -1.
func nodeID(id int32) (int32, bool) {
	if id < 0 {
		return -(id - math.MinInt32) - 1, true
	}
	return id, false
}

// javaAddress is how Java prints a socket address: host/ip:port, without the
// host where the address was given by number.
func javaAddress(host string, port int32) string {
	if net.ParseIP(host) != nil {
		return fmt.Sprintf("/%s:%d", host, port)
	}
	ip := "<unresolved>"
	if ips, err := net.LookupHost(host); err == nil && len(ips) > 0 {
		ip = ips[0]
	}
	return fmt.Sprintf("%s/%s:%d", host, ip, port)
}

// sleep waits unless the context ends first.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

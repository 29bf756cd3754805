package container

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/brolga-io/brolga/internal/peer"
	"github.com/brolga-io/brolga/internal/wire"
)

const (
	askTimeout = 2 * time.Second
	askPause   = 200 * time.Millisecond
)

// ask sends one request to a node and closes the connection.
func ask(address string, req wire.Request, version int16, resp wire.Message) error {
	c := peer.NewConn(peer.Options{ClientID: "container", ConnectTimeout: askTimeout, RequestTimeout: askTimeout},
		func() (string, bool) { return address, true })
	err := c.RoundTrip(req, version, resp)
	return errors.Join(err, c.Close())
}

const describeControllersVersion = 1

// describeControllers asks a controller of its cluster (KIP-919).
func describeControllers() *wire.DescribeClusterRequest {
	const controllers = 2
	req := &wire.DescribeClusterRequest{}
	req.SetDefaults()
	req.EndpointType = controllers
	return req
}

// askClusterID asks controllers, in turn, to which cluster they belong, until one
// answers or the time is up.
func askClusterID(ctx context.Context, addresses []string) (string, error) {
	var last error
	for {
		for _, address := range addresses {
			var resp wire.DescribeClusterResponse
			err := ask(address, describeControllers(), describeControllersVersion, &resp)
			if err == nil && resp.ErrorCode == wire.None && resp.ClusterId != "" {
				return resp.ClusterId, nil
			}
			if last = err; err == nil {
				last = resp.ErrorCode
			}
		}
		pause := time.NewTimer(askPause)
		select {
		case <-ctx.Done():
			pause.Stop()
			return "", fmt.Errorf("No controller answers at %s, where KAFKA_ZOOKEEPER_CONNECT says that ZooKeeper is (%w): "+
				"it has to be a container of the image brolga/brolga, which takes ZooKeeper's place", strings.Join(addresses, ","), last)
		case <-pause.C:
		}
	}
}

package compat

import (
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// The listener that a client came in on decides which address it is told. The
// lab's containers depend on nothing as much as on this.
func TestListenerDecidesTheAddress(t *testing.T) {
	inside, outside := peer.FreePort(t), peer.FreePort(t)
	listeners := fmt.Sprintf("INSIDE://127.0.0.1:%d,OUTSIDE://127.0.0.1:%d", inside, outside)
	b := peer.Start(t,
		"listeners="+listeners,
		fmt.Sprintf("advertised.listeners=INSIDE://127.0.0.1:%d,OUTSIDE://localhost:%d", inside, outside),
		"listener.security.protocol.map=INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT",
		"inter.broker.listener.name=INSIDE",
	)
	peer.CreateTopic(t, b.Address, "where", 1)
	for _, tt := range []struct {
		port int32
		host string
	}{{int32(inside), "127.0.0.1"}, {int32(outside), "localhost"}} {
		client := peer.NewFranz(t, fmt.Sprintf("127.0.0.1:%d", tt.port))
		want := fmt.Sprintf("%s:%d", tt.host, tt.port)

		metadata, err := kmsg.NewPtrMetadataRequest().RequestWith(t.Context(), client)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%s:%d", metadata.Brokers[0].Host, metadata.Brokers[0].Port); got != want || len(metadata.Brokers) != 1 {
			t.Errorf("Metadata on %d tells %s", tt.port, got)
		}

		cluster, err := kmsg.NewPtrDescribeClusterRequest().RequestWith(t.Context(), client)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%s:%d", cluster.Brokers[0].Host, cluster.Brokers[0].Port); got != want {
			t.Errorf("DescribeCluster on %d tells %s", tt.port, got)
		}

		find := kmsg.NewPtrFindCoordinatorRequest()
		find.CoordinatorKeys = []string{"group"}
		peer.Eventually(t, 20*time.Second, func() error { // the offsets topic is made first
			resp, err := client.Request(t.Context(), find)
			if err != nil {
				return err
			}
			c := resp.(*kmsg.FindCoordinatorResponse).Coordinators[0]
			if got := fmt.Sprintf("%s:%d", c.Host, c.Port); got != want {
				return fmt.Errorf("FindCoordinator on %d tells %s (error %d)", tt.port, got, c.ErrorCode)
			}
			return nil
		})
	}
}

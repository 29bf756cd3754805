package cli

import (
	"os"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
)

// startBroker returns the address of a broker with node id 1 and whether it is
// a full one. BROLGA_TEST_BOOTSTRAP names one that already runs (a fresh
// Kafka when golden files are recorded).
func startBroker(t *testing.T) (bootstrap string, full bool) {
	t.Helper()
	if addr := os.Getenv("BROLGA_TEST_BOOTSTRAP"); addr != "" {
		return addr, true
	}
	return startFake(t), false
}

func startFake(t *testing.T) string {
	t.Helper()
	c, err := kfake.NewCluster(kfake.NumBrokers(2), kfake.DefaultNumPartitions(1), kfake.AllowAutoTopicCreation(),
		kfake.BrokerConfigs(map[string]string{"group.initial.rebalance.delay.ms": "0"}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	// The recordings' only broker has node id 1; so has what is left here, and
	// it is the controller.
	if err := c.RemoveNode(0); err != nil {
		t.Fatal(err)
	}
	return c.ListenAddrs()[0]
}

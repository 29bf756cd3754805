package node

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/brolga-io/brolga/internal/commitlog"
)

// TestDynamicConfigsReachTheLogs: topic over broker over cluster over the file, at
// once and without a restart.
func TestDynamicConfigsReachTheLogs(t *testing.T) {
	n := start(t, t.TempDir(), "log.retention.ms=1000")
	defer n.stop()
	ctx := limit(t)
	admin := n.client()
	must(admin.CreateTopic(ctx, 1, 1, nil, "t"))(t)
	inForce := func() *commitlog.Config {
		t.Helper()
		p, err := n.replicas.Find(n.publisher.Image(), "t", 0)
		if err != nil {
			t.Fatal(err)
		}
		return p.Log().Config()
	}
	set := func(op kadm.IncrementalOp, name, value string) []kadm.AlterConfig {
		return []kadm.AlterConfig{{Op: op, Name: name, Value: &value}}
	}
	mustAlter := func(responses kadm.AlterConfigsResponses, err error) {
		t.Helper()
		for _, r := range must(responses, err)(t) {
			if r.Err != nil {
				t.Fatalf("%s: %v %s", r.Name, r.Err, r.ErrMessage)
			}
		}
	}
	mustBe := func(what string, want int64) {
		t.Helper()
		if got := inForce().RetentionMs; got != want {
			t.Errorf("%s: retention %d ms, want %d", what, got, want)
		}
	}
	mustBe("the file", 1000)
	mustAlter(admin.AlterBrokerConfigs(ctx, set(kadm.SetConfig, "log.retention.ms", "2000")))
	mustBe("the cluster", 2000)
	mustAlter(admin.AlterBrokerConfigs(ctx, set(kadm.SetConfig, "log.retention.ms", "3000"), 1))
	mustBe("the broker", 3000)
	mustAlter(admin.AlterTopicConfigs(ctx, set(kadm.SetConfig, "retention.ms", "4000"), "t"))
	mustBe("the topic", 4000)
	mustAlter(admin.AlterTopicConfigs(ctx, set(kadm.DeleteConfig, "retention.ms", ""), "t"))
	mustAlter(admin.AlterBrokerConfigs(ctx, set(kadm.DeleteConfig, "log.retention.ms", ""), 1))
	mustBe("the cluster again", 2000)
	mustAlter(admin.AlterBrokerConfigs(ctx, set(kadm.SetConfig, "log.flush.interval.messages", "7")))
	mustAlter(admin.AlterBrokerConfigs(ctx, set(kadm.SetConfig, "message.max.bytes", "5000")))
	mustAlter(admin.AlterTopicConfigs(ctx, set(kadm.SetConfig, "segment.bytes", "1048576"), "t"))
	if c := inForce(); c.FlushMessages != 7 || c.MaxMessageBytes != 5000 || c.SegmentBytes != 1<<20 {
		t.Errorf("in force: %+v", *c)
	}
}

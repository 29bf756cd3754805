package compat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/console/view"
	"github.com/brolga-io/brolga/test/compat/peer"
)

// api is `brolga console` before a broker, asked as its page asks.
type api struct {
	t   *testing.T
	url string
}

// openConsole starts `brolga console` for a broker of either kind.
func openConsole(t *testing.T, b *peer.Broker) *api {
	t.Helper()
	address := fmt.Sprintf("127.0.0.1:%d", peer.FreePort(t))
	p := peer.BrolgaTools().Start(t, filepath.Base(peer.Binary(t)), "console", "--bootstrap", b.Address, "--name", "it", "--listener", "http://"+address,
		"--state-file", filepath.Join(t.TempDir(), "console.json"))
	p.Stdout.Until(t, 10*time.Second, "the console is there", func(text string) bool { return strings.Contains(text, address) })
	return &api{t, "http://" + address + "/api/v1/clusters/it/"}
}

// ask sends a request and reads the answer into a type of the API.
func ask[A any](a *api, method, path string, body any) A {
	a.t.Helper()
	var answer A
	b, err := json.Marshal(body)
	if err != nil {
		a.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(a.t.Context(), method, a.url+path, bytes.NewReader(b))
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		a.t.Fatalf("%s %s: %d %s (%v)", method, path, resp.StatusCode, text, err)
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		a.t.Fatalf("%s %s: %v in %s", method, path, err, text)
	}
	return answer
}

// The lab's part B through the console's API, and what else its pages ask, on
// brolga as on Apache Kafka.
func TestConsole(t *testing.T) {
	b := peer.Start(t)
	a := openConsole(t, b)
	ask[view.Done](a, "POST", "topics", view.NewTopic{Name: "mytopic", Partitions: 5, ReplicationFactor: 1})
	text, key := "hello", "my key"
	keyless := ask[view.Produced](a, "POST", "topics/mytopic/messages", view.Produce{Messages: []view.NewMessage{{Value: &text}}, Copies: 10})
	keyed := ask[view.Produced](a, "POST", "topics/mytopic/messages", view.Produce{Messages: []view.NewMessage{{Key: &key, Value: &text}}, Copies: 10, Compression: "zstd"})
	if len(keyless.Partitions) != 5 || len(keyed.Partitions) != 1 || keyed.Partitions[0].Partition != 3 {
		t.Errorf("written %+v and %+v", keyless.Partitions, keyed.Partitions)
	}
	page := ask[view.MessagePage](a, "GET", "topics/mytopic/messages?limit=100", nil)
	if len(page.Messages) != 20 || page.Messages[0].Compression != "zstd" {
		t.Errorf("%d messages", len(page.Messages))
	}
	topic := ask[view.Topic](a, "GET", "topics/mytopic", nil)
	if topic.Records != 20 || topic.ReplicationFactor != 1 || topic.ID == "" || !topic.PartitionList[0].Replicas[0].InSync {
		t.Errorf("topic %+v", topic)
	}
	t.Run("group", func(t *testing.T) { consoleGroup(t, a, b) })
	t.Run("configs", func(t *testing.T) { consoleConfigs(t, a) })
	t.Run("cluster", func(t *testing.T) { consoleCluster(t, a) })
	ask[view.DeletedRecords](a, "POST", "topics/mytopic/purge", nil)
	if topic := ask[view.Topic](a, "GET", "topics/mytopic", nil); topic.Records != 0 {
		t.Errorf("after purging there are %d records", topic.Records)
	}
	ask[view.Done](a, "DELETE", "topics/mytopic", nil)
	if page := ask[view.TopicPage](a, "GET", "topics", nil); page.Total != 0 {
		t.Errorf("after deleting there are %+v", page.Topics)
	}
}

func consoleGroup(t *testing.T, a *api, b *peer.Broker) {
	c := peer.NewFranz(t, b.Address, kgo.ConsumerGroup("Pizza"), kgo.ConsumeTopics("mytopic"), kgo.DisableAutoCommit())
	for read := 0; read < 20; {
		f := c.PollRecords(t.Context(), 20-read)
		if err := f.Err(); err != nil {
			t.Fatal(err)
		}
		read += f.NumRecords()
	}
	if err := c.CommitUncommittedOffsets(t.Context()); err != nil {
		t.Fatal(err)
	}
	text := "later"
	ask[view.Produced](a, "POST", "topics/mytopic/messages", view.Produce{Messages: []view.NewMessage{{Value: &text}}, Copies: 5})
	peer.Eventually(t, 20*time.Second, func() error {
		page := ask[view.GroupPage](a, "GET", "groups", nil)
		if len(page.Groups) != 1 || page.Groups[0].Lag != 5 || page.Groups[0].Members != 1 {
			return fmt.Errorf("groups %+v", page.Groups)
		}
		return nil
	})
	c.CloseAllowingRebalance()
	peer.Eventually(t, 20*time.Second, func() error {
		if g := ask[view.Group](a, "GET", "groups/Pizza", nil); g.State != "Empty" || g.Why[0].Code != "no_members" {
			return fmt.Errorf("group %+v", g)
		}
		return nil
	})
	r := ask[view.ResetResult](a, "POST", "groups/Pizza/reset", view.Reset{To: view.ResetEarliest})
	if r.Reread != 20 {
		t.Errorf("reset %+v", r)
	}
	ask[view.Done](a, "DELETE", "groups/Pizza", nil)
}

func consoleConfigs(t *testing.T, a *api) {
	ask[view.Done](a, "PATCH", "topics/mytopic/configs", view.ConfigChange{Set: map[string]string{"retention.ms": "123456"}})
	peer.Eventually(t, 10*time.Second, func() error {
		for _, c := range ask[view.ConfigList](a, "GET", "topics/mytopic/configs", nil).Configs {
			if c.Name == "retention.ms" && *c.Value == "123456" && c.Source == "topic" {
				return nil
			}
		}
		return fmt.Errorf("retention.ms was not changed")
	})
	d := ask[view.TopicDefaults](a, "GET", "topic-defaults", nil)
	if len(d.Configs) < 20 || d.Partitions < 1 || d.Brokers != 1 {
		t.Errorf("defaults: %d configs, %d partitions", len(d.Configs), d.Partitions)
	}
	ask[view.Done](a, "PATCH", "brokers/default/configs", view.ConfigChange{Set: map[string]string{"log.cleaner.threads": "2"}})
	if configs := ask[view.ConfigList](a, "GET", "brokers/1/configs", nil).Configs; len(configs) < 100 {
		t.Errorf("a broker has %d configs", len(configs))
	}
}

func consoleCluster(t *testing.T, a *api) {
	o := ask[view.Overview](a, "GET", "overview", nil)
	if o.Verdict.Status != view.LevelGood || len(o.Brokers) != 1 || o.ClusterID == "" || o.FirstRun {
		t.Errorf("overview %+v", o)
	}
	if q := ask[view.Quorum](a, "GET", "quorum", nil); len(q.Voters) != 1 || q.Leader != q.Voters[0].ID {
		t.Errorf("quorum %+v", q)
	}
	peer.Eventually(t, 20*time.Second, func() error {
		if br := ask[view.Broker](a, "GET", "brokers/1", nil); len(br.LogDirList) != 1 || br.LogDirList[0].Replicas == 0 {
			return fmt.Errorf("broker %+v", br)
		}
		return nil
	})
	ask[view.Reassignments](a, "GET", "reassignments", nil)
	ask[view.ProducerList](a, "GET", "topics/mytopic/producers", nil)
	ask[view.Elected](a, "POST", "topics/mytopic/elect-leaders", view.Election{})
	if f := ask[view.LearnFacts](a, "GET", "learn", nil); f.WithKey != 10 || f.Keyless != 15 {
		t.Errorf("the tour sees %+v", f)
	}
}

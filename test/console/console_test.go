package console

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/brolga-io/brolga/test/compat/peer"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// javaPartition is where Java's default partitioner puts a key; franz-go's is
// checked against Java in test/compat.
func javaPartition(key string, partitions int) int {
	return kgo.StickyKeyPartitioner(nil).ForTopic("t").Partition(&kgo.Record{Key: []byte(key)}, partitions)
}

func TestPartBOfTheLab(t *testing.T) {
	w := newWorld(t)
	runBrowser(t, "lab_b.test.mjs", w.env(fmt.Sprintf("KEY_PARTITION=%d", javaPartition("my key", 5)))...)
}

func TestPages(t *testing.T) {
	w := newWorld(t)
	w.fill()
	runBrowser(t, "pages.test.mjs", w.env()...)
}

// screenshots is the directory that CONSOLE_SCREENSHOTS names, or none.
func screenshots(t *testing.T) string {
	dir := os.Getenv("CONSOLE_SCREENSHOTS")
	if dir != "" && !filepath.IsAbs(dir) {
		dir = filepath.Join(peer.Root(t), dir)
	}
	return dir
}

func TestTour(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	runBrowser(t, "learn.test.mjs", w.env(fmt.Sprintf("KEY_PARTITION=%d", javaPartition("my key", 5)))...)
}

func TestLab(t *testing.T) {
	t.Parallel()
	runBrowser(t, "lab.test.mjs", startLab(t)...)
}

func TestKeyboard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fill()
	runBrowser(t, "keyboard.test.mjs", w.env()...)
}

func TestChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fill()
	runBrowser(t, "changes.test.mjs", w.env()...)
}

func TestLive(t *testing.T) {
	w := newWorld(t)
	w.fill()
	seconds := "20"
	if os.Getenv("CONSOLE_LONG") != "" {
		seconds = "60"
	}
	runBrowser(t, "live.test.mjs", w.env("TAIL_SECONDS="+seconds)...)
}

func TestManyTopics(t *testing.T) {
	w := newWorld(t)
	admin := peer.Admin(t, w.broker.Address)
	const topics, perRequest = 10_000, 1000
	for first := 0; first < topics; first += perRequest {
		var names []string
		for i := range perRequest {
			names = append(names, fmt.Sprintf("many-%d", first+i))
		}
		createAll(t, admin, names)
	}
	runBrowser(t, "many_topics.test.mjs", w.env()...)
}

func createAll(t *testing.T, admin *kadm.Client, names []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	answers, err := admin.CreateTopics(ctx, 1, 1, nil, names...)
	if err == nil {
		err = answers.Error()
	}
	if err != nil {
		t.Fatal(err)
	}
}

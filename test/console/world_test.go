package console

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/brolga-io/brolga/test/compat/peer"
	"github.com/twmb/franz-go/pkg/kgo"
)

// world is a broker with its console, and what the browser's tests can ask for.
type world struct {
	t       *testing.T
	broker  *peer.Broker
	url     string
	control *httptest.Server
}

// newWorld starts a broker with a console on a port of its own.
func newWorld(t *testing.T) *world {
	t.Helper()
	chromium(t)
	url := "http://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(peer.FreePort(t)))
	w := &world{t: t, url: url, broker: peer.Start(t, "console.listener="+url)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /flood", w.flood)
	mux.HandleFunc("POST /stop", func(http.ResponseWriter, *http.Request) { w.broker.Stop(t) })
	mux.HandleFunc("POST /start", func(http.ResponseWriter, *http.Request) { w.broker.Restart(t) })
	w.control = httptest.NewServer(mux)
	t.Cleanup(w.control.Close)
	return w
}

// envOf is what the browser's tests need to know of a console and its cluster.
func envOf(t *testing.T, url, bootstrap string) []string {
	return []string{"CONSOLE_URL=" + url, "BOOTSTRAP=" + bootstrap, "BROLGA_BINARY=" + peer.Binary(t), "SCREENSHOTS=" + screenshots(t)}
}

func (w *world) env(more ...string) []string {
	return append(envOf(w.t, w.url, w.broker.Address), append(more, "CONTROL_URL="+w.control.URL)...)
}

// flood writes messages to the topic tail, spread evenly over some seconds.
func (w *world) flood(answer http.ResponseWriter, r *http.Request) {
	messages, err1 := strconv.Atoi(r.FormValue("messages"))
	seconds, err2 := strconv.Atoi(r.FormValue("seconds"))
	if err1 != nil || err2 != nil || seconds < 1 {
		http.Error(answer, "messages and seconds are whole numbers", http.StatusBadRequest)
		return
	}
	go w.runFlood(messages, seconds)
}

func (w *world) runFlood(messages, seconds int) {
	client := peer.NewFranz(w.t, w.broker.Address)
	const perSecond = 20
	turns := seconds * perSecond
	tick := time.NewTicker(time.Second / perSecond)
	defer tick.Stop()
	sent := 0
	for turn := 1; turn <= turns; turn++ {
		for ; sent < messages*turn/turns; sent++ {
			value := fmt.Sprintf(`{"number":%d,"text":"a message of the flood, as long as messages are"}`, sent)
			client.Produce(w.t.Context(), &kgo.Record{Topic: "tail", Value: []byte(value)}, nil)
		}
		select {
		case <-tick.C:
		case <-w.t.Context().Done():
			return
		}
	}
	if err := client.Flush(w.t.Context()); err != nil {
		w.t.Logf("the flood ended early: %v", err)
	}
}

// fill gives the pages something to show: a topic with messages of all kinds and
// a group that has read some of them.
func (w *world) fill() {
	w.t.Helper()
	peer.CreateTopic(w.t, w.broker.Address, "orders", 5)
	peer.CreateTopic(w.t, w.broker.Address, "tail", 3)
	client := peer.NewFranz(w.t, w.broker.Address, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	var records []*kgo.Record
	for i := range 200 {
		r := &kgo.Record{
			Topic: "orders", Partition: int32(i % 5), Key: fmt.Appendf(nil, "order-%d", i),
			Value:   fmt.Appendf(nil, `{"id":%d,"customer":"c-%d","amount":%d.50,"lines":[{"sku":"a-1","count":2}]}`, i, i%7, i),
			Headers: []kgo.RecordHeader{{Key: "trace", Value: fmt.Appendf(nil, "t-%d", i)}},
		}
		switch i % 50 {
		case 11:
			r.Value = nil
		case 12:
			r.Value = []byte{0, 1, 2, 0xff, 0xfe}
		case 13:
			r.Key = nil
		}
		records = append(records, r)
	}
	if err := client.ProduceSync(w.t.Context(), records...).FirstErr(); err != nil {
		w.t.Fatal(err)
	}
	reader := peer.NewFranz(w.t, w.broker.Address, kgo.ConsumerGroup("Pizza"), kgo.ConsumeTopics("orders"), kgo.DisableAutoCommit())
	for read := 0; read < 50; {
		fetches := reader.PollRecords(w.t.Context(), 50-read)
		if err := fetches.Err(); err != nil {
			w.t.Fatal(err)
		}
		read += fetches.NumRecords()
	}
	if err := reader.CommitUncommittedOffsets(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	reader.Close()
}

package console

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"pgregory.net/rapid"

	"github.com/brolga-io/brolga/internal/console/view"
)

// Pages in either direction show every message once, in the order of time, and
// lead back to the first.
func TestPagesShowEverythingOnce(t *testing.T) {
	w := newWorld(t)
	const partitions, n = 4, 157
	w.topic("t", partitions)
	w.fill("t", partitions, n, func(i int) string { return strconv.Itoa(i) })
	for _, position := range []string{"newest", "oldest"} {
		var seen []int
		var pages []view.MessagePage
		query := "topics/t/messages?limit=20&position=" + position
		path := query
		for {
			page := get[view.MessagePage](w, "GET", path, nil)
			pages = append(pages, page)
			for _, m := range page.Messages {
				i, err := strconv.Atoi(m.Value.Data)
				if err != nil {
					t.Fatal(err)
				}
				seen = append(seen, i)
			}
			if page.Next == "" {
				break
			}
			path = query + "&cursor=" + page.Next
		}
		if len(seen) != n {
			t.Fatalf("%s: %d messages", position, len(seen))
		}
		for i, got := range seen {
			want := i
			if position == "newest" {
				want = n - 1 - i
			}
			if got != want {
				t.Fatalf("%s: message %d is %d", position, i, got)
			}
		}
		last := pages[len(pages)-1]
		for i := len(pages) - 2; i >= 0; i-- {
			last = get[view.MessagePage](w, "GET", query+"&cursor="+last.Previous, nil)
			if fmt.Sprint(last.Messages) != fmt.Sprint(pages[i].Messages) {
				t.Fatalf("%s: going back to page %d shows something else", position, i)
			}
		}
		if last.Previous != "" {
			t.Error("there is something before the first page")
		}
	}
}

func TestPositions(t *testing.T) {
	w := newWorld(t)
	w.topic("t", 2)
	w.fill("t", 2, 40, strconv.Itoa)
	first := func(query string) string {
		page := get[view.MessagePage](w, "GET", "topics/t/messages?"+query, nil)
		if len(page.Messages) == 0 {
			return "nothing"
		}
		return page.Messages[0].Value.Data
	}
	for query, want := range map[string]string{
		"":                                                         "39",
		"position=oldest":                                          "0",
		"position=newest":                                          "39",
		"position=offset&offset=5":                                 "10",
		"position=offset&offset=5&partitions=1":                    "11",
		"position=offset&offset=1000":                              "nothing",
		"position=time&timestamp=1700000010000":                    "10",
		"position=time&timestamp=1700000010001":                    "11",
		"position=time&timestamp=1800000000000":                    "nothing",
		"position=newest&partitions=0":                             "38",
		"position=newest&until=1700000010000":                      "9",
		"position=oldest&filter=" + url.QueryEscape(`value >= 33`): "33",
		"position=oldest&q=" + url.QueryEscape(`KEY-3`):            "3",
		"position=oldest&q=key-3&filter=" + url.QueryEscape(`offset > 10 && partition == 1`): "31",
	} {
		if got := first(query); got != want {
			t.Errorf("%s begins with %s, not %s", query, got, want)
		}
	}
	page := get[view.MessagePage](w, "GET", "topics/t/messages?position=oldest&until=1700000003000&limit=100", nil)
	if len(page.Messages) != 3 {
		t.Errorf("until the third second there are %d messages", len(page.Messages))
	}
	for _, query := range []string{"position=offset", "position=time", "position=nowhere", "partitions=7", "partitions=x", "cursor=abc", "cursor=e30", "limit=x", "offset=1.5&position=offset", "filter=key"} {
		w.refused("GET", "topics/t/messages?"+query, nil, 400, "INVALID_REQUEST")
	}
	w.refused("GET", "topics/nothing/messages", nil, 404, "UNKNOWN_TOPIC_OR_PARTITION")
}

func TestScanTellsProgress(t *testing.T) {
	w := newWorld(t)
	w.topic("t", 3)
	w.fill("t", 3, 600, func(i int) string { return fmt.Sprintf(`{"n":%d,"id":%d}`, i, 9007199254740993+int64(i)) })
	_, text := w.send("POST", "topics/t/messages/scan", view.MessageQuery{Position: view.PositionOldest, Filter: "value.n >= 590 && value.id != 9007199254741592"})
	events := readLines[view.ScanEvent](t, text)
	found := 0
	for _, e := range events {
		if e.Message != nil {
			found++
			if !strings.Contains(e.Message.Value.Data, "90071992547415") {
				t.Errorf("digits are lost: %s", e.Message.Value.Data)
			}
		}
	}
	end := events[len(events)-1].End
	if found != 9 || end == nil || !end.Progress.Complete || end.Progress.Scanned != 600 || end.Progress.Matched != 9 || end.Next != "" {
		t.Fatalf("%d found, end %+v", found, end)
	}
	_, text = w.send("POST", "topics/t/messages/scan", view.MessageQuery{Limit: 5})
	events = readLines[view.ScanEvent](t, text)
	end = events[len(events)-1].End
	if len(events) < 6 || end.Next == "" || end.Progress.Stopped != "limit" {
		t.Errorf("a limited scan: %+v", end)
	}
	_, text = w.send("POST", "topics/t/messages/scan", view.MessageQuery{Limit: 5, Cursor: end.Next})
	if next := readLines[view.ScanEvent](t, text); next[len(next)-2].Message.Timestamp >= events[len(events)-2].Message.Timestamp {
		t.Error("the cursor of a scan does not go on")
	}
}

func TestBigMessages(t *testing.T) {
	w := newWorld(t)
	w.topic("t", 1)
	big := strings.Repeat("é", 700_000)
	get[view.Produced](w, "POST", "topics/t/messages", view.Produce{Messages: []view.NewMessage{{Value: &big}}, Compression: "zstd"})
	listed := get[view.MessagePage](w, "GET", "topics/t/messages", nil).Messages[0]
	if v := listed.Value; !v.Truncated || v.Size != len(big) || len(v.Data) > previewBytes || strings.Trim(v.Data, "é") != "" {
		t.Errorf("listed: %d of %d bytes", len(v.Data), v.Size)
	}
	if listed.Compression != "zstd" {
		t.Errorf("compression %s", listed.Compression)
	}
	full := get[view.Message](w, "GET", "topics/t/messages/0/0?maxBytes=8000000", nil)
	if full.Value.Data != big || full.Value.Truncated {
		t.Errorf("in full there are %d bytes", len(full.Value.Data))
	}
	_, h, text := w.raw("GET", "/api/v1/clusters/fake/topics/t/messages/0/0/value", "")
	if text != big || h.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") {
		t.Errorf("downloaded %d bytes as %s", len(text), h.Get("Content-Type"))
	}
	w.refused("GET", "topics/t/messages/0/1", nil, 404, "NOT_FOUND")
	w.refused("GET", "topics/t/messages/9/0", nil, 404, "NOT_FOUND")
	w.refused("GET", "topics/t/messages/0/0/header-0", nil, 404, "NOT_FOUND")
}

func TestExport(t *testing.T) {
	w := newWorld(t)
	w.topic("t", 2)
	w.fill("t", 2, 10, func(i int) string { return fmt.Sprintf(`{"id":%d}`, 9007199254740993+int64(i)) })
	raw := "AP8="
	get[view.Produced](w, "POST", "topics/t/messages", view.Produce{Messages: []view.NewMessage{{Key: &raw, Value: &raw, Encoding: view.EncodingBase64}}})
	_, _, text := w.raw("GET", "/api/v1/clusters/fake/topics/t/messages/export?position=oldest", "")
	rows := readLines[exported](t, text)
	if len(rows) != 11 || *rows[3].Value != `{"id":9007199254740996}` || rows[10].Encoding != view.EncodingBase64 || *rows[10].Value != raw {
		t.Fatalf("exported %+v", rows)
	}
	_, _, text = w.raw("GET", "/api/v1/clusters/fake/topics/t/messages/export?position=oldest&format=csv&limit=2", "")
	if got := strings.Count(text, "\n"); got != 3 || !strings.Contains(text, `2023-11-14T22:13:20.000Z,key-0,"{""id"":9007199254740993}"`) {
		t.Errorf("CSV: %s", text)
	}
}

// Our partitioner is Java's: the client library's, which is compared with it.
func TestPartitionerIsJavas(t *testing.T) {
	theirs := kgo.StickyKeyPartitioner(nil).ForTopic("t")
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "key")
		n := rapid.IntRange(1, 1000).Draw(t, "partitions")
		want := theirs.Partition(&kgo.Record{Key: key}, n)
		if got := partitionOf(key, n); int(got) != want {
			t.Fatalf("key %x of %d: %d, not %d", key, n, got, want)
		}
		if v := explainPartition(key, int32(n)); int(v.Partition) != want || !strings.HasSuffix(v.Formula, fmt.Sprintf("= %d", want)) {
			t.Fatalf("explained as %+v", v)
		}
	})
	// Numbers that Kafka's own test of murmur2 has.
	for key, want := range map[string]int32{"21": -973932308, "foobar": -790332482, "a-little-bit-long-string": -985981536, "abc": 479470107} {
		if got := murmur2([]byte(key), nil); got != want {
			t.Errorf("murmur2(%q) is %d, not %d", key, got, want)
		}
	}
}

func TestProduceChecks(t *testing.T) {
	w := newWorld(t)
	w.topic("t", 2)
	text, bad, p9, early := "x", "***", int32(9), view.Int64(-5)
	for want, in := range map[string]view.Produce{
		"messages":             {},
		"copies":               {Messages: []view.NewMessage{{Value: &text}}, Copies: maxProduceMessages + 1},
		"compression":          {Messages: []view.NewMessage{{Value: &text}}, Compression: "rar"},
		"acks":                 {Messages: []view.NewMessage{{Value: &text}}, Acks: "2"},
		"messages.1.value":     {Messages: []view.NewMessage{{Value: &text}, {Value: &bad, Encoding: view.EncodingBase64}}},
		"messages.0.partition": {Messages: []view.NewMessage{{Partition: &p9}}},
		"messages.0.timestamp": {Messages: []view.NewMessage{{Timestamp: &early}}},
	} {
		if p := w.refused("POST", "topics/t/messages", in, 400, "INVALID_REQUEST"); p.Field != want {
			t.Errorf("field %q, not %q", p.Field, want)
		}
	}
	dry := get[view.Produced](w, "POST", "topics/t/messages?dryRun=true", view.Produce{Messages: []view.NewMessage{{Key: &text}}})
	if !dry.DryRun || dry.Written != 0 || dry.Records[0].Partition != partitionOf([]byte("x"), 2) || !strings.Contains(dry.Command, "kafka-console-producer") {
		t.Errorf("dry run %+v", dry)
	}
	one := int32(1)
	at := view.Int64(1234)
	got := get[view.Produced](w, "POST", "topics/t/messages", view.Produce{Acks: "leader", Messages: []view.NewMessage{{Partition: &one, Timestamp: &at, Headers: []view.NewHeader{{Name: "a", Value: nil}}}}})
	m := get[view.Message](w, "GET", "topics/t/messages/1/"+strconv.FormatInt(int64(got.Records[0].Offset), 10), nil)
	if !m.Key.Null || !m.Value.Null || !m.Headers[0].Value.Null || m.Timestamp != 1234 {
		t.Errorf("a tombstone came back as %+v", m)
	}
}

func TestResendAndCopy(t *testing.T) {
	w := newWorld(t)
	w.topic("a", 3)
	w.topic("b", 3)
	w.fill("a", 3, 60, strconv.Itoa)
	sent := get[view.Produced](w, "POST", "topics/a/messages/resend", view.Resend{Messages: []view.RecordRef{{Partition: 1, Offset: 3}}, Topic: "b"})
	if sent.Written != 1 || sent.Records[0].Partition != partitionOf([]byte("key-3"), 3) {
		t.Errorf("sent %+v", sent)
	}
	in := view.CopyRange{To: "b", KeepTimestamp: true, AddOriginHeads: true}
	in.Position, in.Filter = view.PositionOldest, "value >= 50"
	_, text := w.send("POST", "topics/a/messages/copy", in)
	events := readLines[view.CopyEvent](t, text)
	if end := events[len(events)-1].End; end == nil || end.Written != 10 {
		t.Fatalf("copied %s", text)
	}
	page := get[view.MessagePage](w, "GET", "topics/b/messages?position=oldest&filter="+url.QueryEscape(`headers["brolga-origin-topic"] == "a"`), nil)
	if len(page.Messages) != 10 || page.Messages[0].Timestamp != 1_700_000_050_000 || page.Messages[0].Value.Data != "50" {
		t.Errorf("in b there are %d", len(page.Messages))
	}
	in.To = "a"
	if status, text := w.send("POST", "topics/a/messages/copy", in); status != 400 {
		t.Errorf("a topic is copied onto itself: %s", text)
	}
}

func TestTail(t *testing.T) {
	w := newWorld(t)
	w.topic("t", 2)
	w.fill("t", 2, 10, strconv.Itoa)
	next := openEvents[view.TailEvent](w, "/api/v1/clusters/fake/topics/t/messages/tail?back=3&perSecond=40")
	id := next().Hello.ID
	var seen []string
	var status view.TailStatus
	read := func() {
		e := next()
		for _, m := range e.Messages {
			seen = append(seen, m.Value.Data)
		}
		if e.Status != nil {
			status = *e.Status
		}
	}
	for len(seen) < 3 {
		read()
	}
	if fmt.Sprint(seen) != "[7 8 9]" {
		t.Errorf("of the past it shows %v", seen)
	}
	live := "live"
	get[view.Produced](w, "POST", "topics/t/messages", view.Produce{Messages: []view.NewMessage{{Value: &live}}})
	for len(seen) < 4 {
		read()
	}
	// More than there is room for is dropped, and counted.
	get[view.Produced](w, "POST", "topics/t/messages", view.Produce{Messages: []view.NewMessage{{Value: &live}}, Copies: 500})
	for status.Seen < 501 {
		read()
	}
	read()
	if int(status.Dropped)+int(status.Sent) != 501+3 || status.Dropped == 0 || status.Sent > 3+501 {
		t.Errorf("status %+v", status)
	}
	get[view.Done](w, "POST", "/api/v1/tails/"+id, view.TailControl{Paused: true})
	get[view.Produced](w, "POST", "topics/t/messages", view.Produce{Messages: []view.NewMessage{{Value: &live}}})
	for !status.Paused {
		read()
	}
	if status.Seen != 501 {
		t.Errorf("paused, it saw %d", status.Seen)
	}
	get[view.Done](w, "POST", "/api/v1/tails/"+id, view.TailControl{})
	for status.Seen < 502 {
		read()
	}
	w.refused("POST", "/api/v1/tails/nothing", view.TailControl{}, 404, "NOT_FOUND")
}

// A cursor that somebody made up is refused or harmless.
func FuzzCursor(f *testing.F) {
	f.Add(cursor{Forward: true, At: map[int32]int64{0: 5}, Stop: map[int32]int64{0: 9}}.encode())
	f.Add("e30")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := decodeCursor(text)
		if err != nil {
			return
		}
		again, err := decodeCursor(c.encode())
		if err != nil {
			t.Fatalf("%+v: %v", c, err)
		}
		a, _ := json.Marshal(c)
		b, _ := json.Marshal(again)
		if string(a) != string(b) {
			t.Fatalf("%s became %s", a, b)
		}
	})
}

// Messages of aborted transactions are hidden from who wants only what counts,
// and the markers are shown to who asks.
func TestTransactions(t *testing.T) {
	w := newWorld(t)
	w.topic("t", 1)
	c := w.client(kgo.TransactionalID("tx"), kgo.DefaultProduceTopic("t"))
	for i, commit := range []kgo.TransactionEndTry{kgo.TryCommit, kgo.TryAbort} {
		if err := c.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		if err := c.ProduceSync(t.Context(), kgo.StringRecord(strconv.Itoa(i))).FirstErr(); err != nil {
			t.Fatal(err)
		}
		if err := c.EndTransaction(t.Context(), commit); err != nil {
			t.Fatal(err)
		}
	}
	shown := func(query string) string {
		var all []string
		for _, m := range get[view.MessagePage](w, "GET", "topics/t/messages?position=oldest&"+query, nil).Messages {
			if m.Control != "" {
				all = append(all, m.Control)
			} else {
				all = append(all, m.Value.Data)
			}
			if !m.Transactional {
				t.Errorf("%+v is not transactional", m)
			}
		}
		return strings.Join(all, " ")
	}
	for query, want := range map[string]string{"": "0 1", "isolation=read_committed": "0", "control=true": "0 commit 1 abort"} {
		if got := shown(query); got != want {
			t.Errorf("%q shows %q, not %q", query, got, want)
		}
	}
	if p := w.refused("POST", "topics/t/messages/resend", view.Resend{Messages: []view.RecordRef{{Offset: 1}}}, 400, "INVALID_REQUEST"); !strings.Contains(p.Message, "marker") {
		t.Errorf("problem %+v", p)
	}
}

package console

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/brolga-io/brolga/internal/console/view"
)

// apply does to a value what the page does with a delta.
func apply(t rapid.TB, to any, ops []view.Op) any {
	for _, op := range ops {
		var value any
		if !op.Remove {
			var err error
			if value, err = decodeAny(op.Value); err != nil {
				t.Fatal(err)
			}
		}
		to = put(t, to, op.Path, value, op.Remove)
	}
	return to
}

func put(t rapid.TB, to any, path []any, value any, remove bool) any {
	if len(path) == 0 {
		return value
	}
	switch v := to.(type) {
	case map[string]any:
		name := path[0].(string)
		if len(path) == 1 && remove {
			delete(v, name)
		} else {
			v[name] = put(t, v[name], path[1:], value, remove)
		}
	case []any:
		var i int
		switch n := path[0].(type) {
		case int:
			i = n
		case json.Number:
			if _, err := fmt.Sscan(n.String(), &i); err != nil {
				t.Fatal(err)
			}
		}
		v[i] = put(t, v[i], path[1:], value, remove)
	default:
		t.Fatalf("the path %v leads into %v", path, to)
	}
	return to
}

// anything draws a value of JSON.
func anything(depth int) *rapid.Generator[any] {
	leaf := rapid.OneOf(rapid.Just(any(nil)), rapid.Map(rapid.IntRange(0, 3), func(i int) any { return json.Number(fmt.Sprint(i)) }),
		rapid.Map(rapid.SampledFrom([]string{"a", "b"}), func(s string) any { return s }))
	if depth == 0 {
		return leaf
	}
	return rapid.OneOf(leaf,
		rapid.Map(rapid.SliceOfN(rapid.Deferred(func() *rapid.Generator[any] { return anything(depth - 1) }), 0, 3), func(l []any) any { return l }),
		rapid.Map(rapid.MapOfN(rapid.SampledFrom([]string{"x", "y", "z"}), rapid.Deferred(func() *rapid.Generator[any] { return anything(depth - 1) }), 0, 3), func(m map[string]any) any { return m }))
}

// Whatever changed, the delta makes the new out of the old.
func TestDiffApplies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		was, now := anything(3).Draw(t, "was"), anything(3).Draw(t, "now")
		ops := diff(was, now, []any{})
		b, err := json.Marshal(was)
		if err != nil {
			t.Fatal(err)
		}
		copied, err := decodeAny(b)
		if err != nil {
			t.Fatal(err)
		}
		if got := apply(t, copied, ops); !reflect.DeepEqual(got, now) && fmt.Sprint(got) != fmt.Sprint(now) {
			t.Fatalf("%v became %v, not %v, by %v", was, got, now, ops)
		}
	})
}

// A stream shows a snapshot and then what changes.
func TestStream(t *testing.T) {
	w := newWorld(t)
	w.topic("t", 1)
	next := openEvents[view.StreamEvent](w, "/api/v1/stream")
	id := next().Hello.ID
	subscribed := get[view.Subscribed](w, "POST", "/api/v1/stream/"+id, view.Subscribe{Add: []view.Subscription{
		{Name: "list", Kind: view.SubTopics, Cluster: "fake"}, {Name: "gone", Kind: view.SubGroup, Cluster: "fake", Group: "nobody"}}})
	if fmt.Sprint(subscribed.Names) != "[list gone]" {
		t.Errorf("names %v", subscribed.Names)
	}
	var list any
	problem := ""
	for list == nil || problem == "" {
		e := next()
		switch {
		case e.Snapshot != nil && e.Snapshot.Sub == "list":
			var err error
			if list, err = decodeAny(e.Snapshot.Data); err != nil {
				t.Fatal(err)
			}
		case e.Error != nil && e.Error.Sub == "gone":
			problem = e.Error.Problem.Code
		}
	}
	if problem != "GROUP_ID_NOT_FOUND" {
		t.Errorf("problem %s", problem)
	}
	records := func() any { return list.(map[string]any)["topics"].([]any)[0].(map[string]any)["records"] }
	w.fill("t", 1, 5, func(int) string { return "x" })
	for records() != "5" {
		e := next()
		if e.Delta != nil && e.Delta.Sub == "list" {
			list = apply(t, list, e.Delta.Ops)
		}
	}
	if got := get[view.Subscribed](w, "POST", "/api/v1/stream/"+id, view.Subscribe{Remove: []string{"list"}}); len(got.Names) != 1 {
		t.Errorf("names %v", got.Names)
	}
	for _, in := range []view.Subscribe{{Add: []view.Subscription{{Kind: view.SubTopics}}}, {Add: []view.Subscription{{Name: "x", Kind: "y"}}}, {Add: make([]view.Subscription, maxSubs+1)}} {
		w.refused("POST", "/api/v1/stream/"+id, in, 400, "INVALID_REQUEST")
	}
}

// Every kind of subscription shows what its route answers.
func TestEveryKindIsShown(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Lab = &labStub{} })
	w.topic("t", 1)
	one := int32(1)
	get[view.ResetResult](w, "POST", "groups/g/reset", view.Reset{To: view.ResetLatest, Scope: []view.TopicPartitions{{Topic: "t"}}})
	c := &call{Context: t.Context(), s: w.s, route: &route{}}
	for _, kind := range view.SubKind("").Values() {
		b, err := c.render(view.Subscription{Name: "x", Kind: view.SubKind(kind), Cluster: "fake", Topic: "t", Group: "g", Broker: &one})
		if err != nil || len(b) < 10 {
			t.Errorf("%s: %s %v", kind, b, err)
		}
	}
}

// slowReader takes a second for whatever it is sent.
type slowReader struct {
	httptest.ResponseRecorder
	now time.Time
}

func (s *slowReader) Write(b []byte) (int, error) {
	s.now = s.now.Add(time.Second)
	return s.ResponseRecorder.Write(b)
}

func (s *slowReader) SetWriteDeadline(time.Time) error { return nil }

// A slow reader is told how many updates it missed, and nothing is kept for it.
func TestSlowReader(t *testing.T) {
	w := &slowReader{ResponseRecorder: *httptest.NewRecorder(), now: time.UnixMilli(0)}
	c := &call{Context: t.Context(), w: w, route: &route{}, s: &Server{now: func() time.Time { return w.now }, clusters: &clusters{}}}
	ch := &channel{c: c, out: newEventWriter(c), subs: []*subscription{{Subscription: view.Subscription{Name: "x", Kind: view.SubClusters}, seen: -1}}}
	if err := ch.push(); err != nil {
		t.Fatal(err)
	}
	if want := int64(time.Second / pushEvery); ch.dropped != want {
		t.Errorf("%d updates were left out, not %d", ch.dropped, want)
	}
	if text := w.Body.String(); !strings.Contains(text, `"snapshot"`) || !strings.Contains(text, `"dropped":{"events":"4"}`) {
		t.Errorf("sent %s", text)
	}
}

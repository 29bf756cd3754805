package cli

import (
	"bytes"
	"errors"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

func TestCutPayloads(t *testing.T) {
	for _, c := range []struct {
		text, delimiter string
		want            []string
	}{
		{"a\nb\nc\n", "\n", []string{"a", "b", "c"}},
		{"a\n\nb", "\n", []string{"a", "", "b"}},
		{"\na", "\n", []string{"a"}},
		{"\n\na", "\n", []string{"", "a"}},
		{"a\n\n", "\n", []string{"a", ""}},
		{"a, b,c", `,\s*`, []string{"a", "b", "c"}},
		{"one", "\n", []string{"one"}},
		{"\n", "\n", nil},
		{"ab", "x*", []string{"ab"}}, // a delimiter of nothing never matches
	} {
		var got []string
		for _, p := range cutPayloads([]byte(c.text), regexp.MustCompile(c.delimiter)) {
			got = append(got, string(p))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q by %q: %q, want %q", c.text, c.delimiter, got, c.want)
		}
	}
}

func TestRandomLetters(t *testing.T) {
	source := randomLetters(1000)
	first, second := source(0), source(1)
	if len(first) != 1000 || bytes.Equal(first, second) {
		t.Fatal("values of one run must differ and have the size asked for")
	}
	if i := bytes.IndexFunc(first, func(r rune) bool { return r < 'A' || r > 'Z' }); i >= 0 {
		t.Errorf("%q is no capital letter", first[i])
	}
}

func TestCheckRecordSize(t *testing.T) {
	r := &kgo.Record{Value: make([]byte, 2_000_000)}
	err := checkRecordSize(r, 1<<20)
	if want := "The message is 2000088 bytes when serialized which is larger than 1048576, which is the value of the max.request.size configuration."; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if err := checkRecordSize(r, 2_000_088); err != nil {
		t.Error(err)
	}
	r.Key, r.Headers = []byte("key"), []kgo.RecordHeader{{Key: "k", Value: []byte("v")}}
	if err := checkRecordSize(r, 2_000_088+3+1+1+1+1); err != nil {
		t.Error(err)
	}
	if err := checkRecordSize(r, 2_000_088+3+1+1+1); err == nil {
		t.Error("a byte too much is accepted")
	}
}

func TestPerfStats(t *testing.T) {
	var out strings.Builder
	now := time.UnixMilli(1_000_000)
	env := &Env{Stdout: &out, Now: func() time.Time { return now }}
	s := newPerfStats(env, 4, 2*time.Second, false)
	steady := newPerfStats(env, 2, 2*time.Second, true)
	for i, ms := range []int64{10, 20, 30, 40} {
		now = now.Add(time.Second)
		s.record(ms, 1<<20, now)
		if i >= 2 {
			steady.record(ms, 1<<20, now)
		}
	}
	s.printTotal()
	steady.printTotal()
	want := `2 records sent, 1.0 records/sec (1.00 MB/sec), 15.0 ms avg latency, 20.0 ms max latency.
In steady state.
1 records sent, 0.3 records/sec (0.33 MB/sec), 30.0 ms avg latency, 30.0 ms max latency.
2 records sent, 1.0 records/sec (1.00 MB/sec), 35.0 ms avg latency, 40.0 ms max latency.
4 records sent, 1.000000 records/sec (1.00 MB/sec), 25.00 ms avg latency, 40.00 ms max latency, 30 ms 50th, 40 ms 95th, 40 ms 99th, 40 ms 99.9th.
2 steady state records sent, 0.500000 records/sec (0.50 MB/sec), 35.00 ms avg latency, 40.00 ms max latency, 40 ms 50th, 40 ms 95th, 40 ms 99th, 40 ms 99.9th.
`
	if got := out.String(); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}

// Many records are sampled: memory is bounded however long the run is.
func TestPerfStatsSample(t *testing.T) {
	env := &Env{Now: func() time.Time { return time.UnixMilli(0) }, Stdout: &strings.Builder{}}
	s := newPerfStats(env, 100_000_000, time.Hour, false)
	if s.sampling != 200 {
		t.Errorf("every %dth latency is kept, want every 200th", s.sampling)
	}
	for range 1000 {
		s.record(1, 1, time.UnixMilli(0))
	}
	if len(s.latenciesMs) != 5 {
		t.Errorf("%d latencies are kept, want 5", len(s.latenciesMs))
	}
}

func TestThrottle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		env := &Env{Now: time.Now}
		pace := newThrottle(env, 100)
		start := time.Now()
		for i := range int64(200) {
			if pace.ahead(i, env.Now()) {
				if err := pace.wait(nil); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(time.Microsecond)
		}
		if took := time.Since(start); took < 1900*time.Millisecond || took > 2100*time.Millisecond {
			t.Errorf("200 rounds at 100 a second took %v", took)
		}
		signals := make(chan os.Signal, 1)
		signals <- syscall.SIGINT
		for _, perSecond := range []float64{0, 1} {
			var exit *exitError
			if err := newThrottle(env, perSecond).wait(signals); !errors.As(err, &exit) || exit.code != 130 {
				t.Errorf("a signal at %v a second ends in %v, want exit 130", perSecond, err)
			}
			signals <- syscall.SIGINT
		}
		if newThrottle(env, -1).ahead(math.MaxInt64, env.Now().Add(time.Second)) {
			t.Error("no limit holds a loop back")
		}
	})
}

func TestJavaFixed(t *testing.T) {
	for want, v := range map[string]float64{"1.50": 1.5, "NaN": math.NaN(), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1)} {
		if got := javaFixed(v, 2); got != want {
			t.Errorf("%v: %s, want %s", v, got, want)
		}
	}
}

package quorum

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/vfs"
)

// testRole remembers what it is told.
type testRole struct {
	mu      sync.Mutex
	epoch   int32 // 0: does not lead
	told    []string
	changed chan struct{}
}

func newTestRole() *testRole { return &testRole{changed: make(chan struct{})} }

func (r *testRole) set(epoch int32, what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.epoch = epoch
	r.told = append(r.told, what)
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *testRole) Lead(epoch int32) { r.set(epoch, fmt.Sprint("lead ", epoch)) }
func (r *testRole) Resign()          { r.set(0, "resign") }

// leads returns the epoch, and what is closed when it changes.
func (r *testRole) leads() (int32, chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.epoch, r.changed
}

// patience bounds every wait of a test; in a bubble it costs nothing.
const patience = time.Minute

// wait returns the epoch as soon as the role leads.
func (r *testRole) wait() int32 {
	late := time.After(patience)
	for {
		epoch, changed := r.leads()
		if epoch != 0 {
			return epoch
		}
		select {
		case <-changed:
		case <-late:
			panic("nobody leads")
		}
	}
}

// node is one controller of a test.
type node struct {
	t      testing.TB
	q      *Quorum
	role   *testRole
	opts   Options
	mu     sync.Mutex
	failed error
	waits  chan struct{} // closed and replaced at each commit
}

const metadataDir = "meta/__cluster_metadata-0"

// quiet throws log lines away; -v shows warnings.
func quiet(t testing.TB) *slog.Logger {
	if testing.Verbose() {
		return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	return slog.New(slog.NewTextHandler(io.Discard, nil))
}

// aloneOptions are those of a quorum of one.
func aloneOptions(t testing.TB, fs vfs.FS) Options {
	return Options{FS: fs, Dir: metadataDir, NodeID: 1, DirectoryID: testDir(1), Logger: quiet(t)}
}

// openNode opens and starts a controller.
func openNode(t testing.TB, o Options) (*node, error) {
	n := &node{t: t, role: newTestRole(), opts: o, waits: make(chan struct{})}
	n.opts.Role = n.role
	n.opts.Failed = func(err error) {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.failed != nil {
			t.Errorf("told twice that it failed: %v, then %v", n.failed, err)
		}
		n.failed = err
	}
	q, err := Open(n.opts)
	if err != nil {
		return nil, err
	}
	n.q = q
	q.OnCommit(func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		close(n.waits)
		n.waits = make(chan struct{})
	})
	t.Cleanup(func() { q.Close() })
	q.Start()
	return n, nil
}

func mustOpen(t testing.TB, o Options) *node {
	t.Helper()
	n, err := openNode(t, o)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (n *node) failure() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.failed
}

func (n *node) committed() chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.waits
}

// records makes records of values.
func records(values ...string) []shard.Record {
	var recs []shard.Record
	for _, v := range values {
		recs = append(recs, shard.Record{Value: []byte(v)})
	}
	return recs
}

// write appends values as one batch and waits for its commit.
func (n *node) write(epoch int32, values ...string) (end int64) {
	n.t.Helper()
	end, err := n.q.Append(epoch, records(values...))
	if err != nil {
		n.t.Fatal(err)
	}
	n.await(epoch, end)
	return end
}

// await waits until the leader of epoch knows that everything below end is committed.
func (n *node) await(epoch int32, end int64) {
	n.t.Helper()
	late := time.After(patience)
	for {
		more := n.committed()
		if n.q.Committed(epoch) >= end {
			return
		}
		if err := n.failure(); err != nil {
			n.t.Fatal(err)
		}
		select {
		case <-more:
		case <-late:
			n.t.Fatalf("offset %d is not committed in epoch %d", end, epoch)
		}
	}
}

// values returns the values of all committed records but raft's own no-ops.
func (n *node) values() []string {
	n.t.Helper()
	got, err := n.read()
	if err != nil {
		n.t.Fatal(err)
	}
	return got
}

func (n *node) read() (got []string, err error) {
	_, err = n.q.Read(0, func(_ int64, r shard.Record) error {
		if v := string(r.Value); v != noOpValue {
			got = append(got, v)
		}
		return nil
	})
	return got, err
}

// noOpValue is the record of an entry without data.
var noOpValue = func() string {
	_, value, err := soleRecord(noOpBatch())
	if err != nil {
		panic(err)
	}
	return string(value)
}()

func (n *node) close() {
	n.t.Helper()
	if err := n.q.Close(); err != nil {
		n.t.Error(err)
	}
}

func expect(t testing.TB, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
}

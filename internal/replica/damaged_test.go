package replica

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

const labSegment = "/t-0/00000000000000000000.log"

// spoil changes the bytes of a broker's log of the topic t while it is down.
func (l *lab) spoil(broker int32, change func(b []byte) []byte) {
	l.t.Helper()
	files := l.brokers[broker].logs.mem
	b, err := vfs.ReadFile(files, labSegment, 1<<20)
	if err != nil {
		l.t.Fatal(err)
	}
	f, err := files.Open(labSegment, os.O_RDWR|os.O_TRUNC, 0o644)
	if err != nil {
		l.t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(change(slices.Clone(b)), 0); err != nil {
		l.t.Fatal(err)
	}
}

// NATS 7549: a log that lost what had been synced goes on with what is left of it and
// fetches the rest; where nobody else has it, it leads with what is left.
func TestNATS7549DamagedLogIsSalvaged(t *testing.T) {
	for _, replicas := range [][]int32{{2, 1}, {2}} {
		inLab(t, func(t *testing.T, l *lab) {
			l.topic("t", replicas...)
			for i := range 20 {
				l.mustProduce(2, "t", fmt.Sprint(i))
			}
			l.kill(2)
			l.spoil(2, func(b []byte) []byte { return b[:len(b)/2] })
			l.brokers[2].flushed = 20
			l.restart(2, false)
			l.settled("t")
			want := 20
			if len(replicas) == 1 {
				want = 9
			}
			if got := l.values(2, "t"); len(got) < want || got[8] != "8" {
				t.Errorf("%v: the log is %v", replicas, got)
			}
			if n := l.brokers[2].metrics.SalvagedLogs.Value(); n != 1 {
				t.Errorf("%v: %d logs were salvaged", replicas, n)
			}
			l.mustProduce(l.state("t").Leader, "t", "more")
		}, 1, 2)
	}
}

// A log all of whose segments are gone begins where it began and is copied from there:
// one that began where it had ended made its broker, once it led, tell the others that
// everything before was deleted.
func TestLogWithoutSegmentsIsCopiedFromItsBeginning(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 2, 1)
		for i := range 20 {
			l.mustProduce(2, "t", fmt.Sprint(i))
		}
		l.kill(2)
		if err := l.brokers[2].logs.mem.Remove(labSegment); err != nil {
			t.Fatal(err)
		}
		l.brokers[2].flushed = 20
		l.restart(2, false)
		l.settled("t")
		if got := l.values(2, "t"); len(got) < 20 || got[0] != "0" {
			t.Errorf("the log is %v", got)
		}
	}, 1, 2)
}

// NATS 7549: damage that shows only when a follower uses its log has it copied anew, but
// not while somebody may rely on the copy.
func TestNATS7549DamagedLogIsCopiedAnew(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2)
		for i := range 20 {
			l.mustProduce(1, "t", fmt.Sprint(i))
		}
		l.onAlter(func(*wire.AlterPartitionRequest) error { return errNoConnection })
		l.disconnect(2, 1)
		time.Sleep(time.Second)
		p := l.part(2, "t")
		f := newFetcher(l.brokers[2].set, fetcherKey{leader: 1, index: 7}) // does not run
		fails := func() {
			fp := &followed{p: p, role: p.follow.Load(), offset: 20}
			for range 2 * quietFailures {
				f.failPart(fp, fmt.Errorf("reading: %w", commitlog.ErrCorrupt))
			}
		}
		if fails(); p.log.EndOffset() != 20 {
			t.Fatal("a member of the ISR gave its copy up")
		}
		l.change("t", keepLeader, 1)
		if fails(); p.log.EndOffset() != 0 || p.HighWatermark() != 0 {
			t.Errorf("the log ends at %d", p.log.EndOffset())
		}
		l.change("t", 1) // so that its own fetcher looks again where the log ends
		l.onAlter(nil)
		l.reconnect()
		l.settled("t")
	}, 1, 2)
}

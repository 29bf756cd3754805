package replica

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

// A replica that is to leave the ISR is in it until the controller has said so: if the
// leader went on without it and failed, it could be elected and lack what was
// acknowledged (KIP-497).
func TestLeaverIsAwaited(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2, 3)
		l.mustProduce(1, "t", "a")
		time.Sleep(time.Second)
		var asked atomic.Int64
		l.onAlter(func(*wire.AlterPartitionRequest) error {
			asked.Add(1)
			return errNoConnection
		})
		l.disconnect(3, 1)
		l.stageOnly(1, "t", "b")
		time.Sleep(2 * time.Minute)
		l.stageOnly(1, "t", "c") // 2 has it soon
		time.Sleep(2 * time.Second)
		if hw := l.part(1, "t").HighWatermark(); hw != 1 || asked.Load() == 0 {
			t.Errorf("asked %d times without an answer, and the watermark is %d", asked.Load(), hw)
		}
		l.onAlter(nil)
		time.Sleep(time.Minute)
		if hw := l.part(1, "t").HighWatermark(); hw != 3 {
			t.Errorf("3 has left, and the watermark is %d", hw)
		}
	}, 1, 2, 3)
}

// A follower keeps what it has above its watermark when the leader epoch changes, until
// the leader has said where their logs part: the watermark is behind what was
// acknowledged (KIP-101).
func TestFollowerKeepsWhatIsAboveItsWatermark(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2, 3)
		l.mustProduce(1, "t", "a")
		time.Sleep(time.Second)
		l.onAlter(func(*wire.AlterPartitionRequest) error { return errNoConnection })
		l.disconnect(3, 1) // in sync still, so nothing is committed without it
		l.stageOnly(1, "t", "b")
		time.Sleep(time.Second)
		if p := l.part(2, "t"); p.log.EndOffset() != 2 || p.HighWatermark() != 1 {
			t.Fatalf("2 has %d records, watermark %d", p.log.EndOffset(), p.HighWatermark())
		}
		l.disconnect(2, 1)
		l.change("t", 1, 1, 2, 3)
		time.Sleep(time.Second)
		if got := l.values(2, "t"); len(got) != 2 {
			t.Errorf("2 has %v in the new epoch", got)
		}
	}, 1, 2, 3)
}

package replica

import (
	"fmt"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
)

// TestFollowersHearOfRetention: followers begin where their leader's log does also when
// retention shortens it and nothing is written any more. One of them may lead next.
func TestFollowersHearOfRetention(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2)
		for i := range 4 {
			l.mustProduce(1, "t", fmt.Sprint(i))
		}
		l.settled("t")
		if err := l.part(1, "t").log.AdvanceStartOffset(2); err != nil { // as retention does
			t.Fatal(err)
		}
		l.brokers[1].set.LogShortened(commitlog.TopicPartition{Topic: "t"})
		time.Sleep(time.Second)
		if start := l.part(2, "t").log.StartOffset(); start != 2 {
			t.Errorf("the follower begins at %d", start)
		}
		l.brokers[1].set.LogShortened(commitlog.TopicPartition{Topic: "unknown"})
		l.brokers[1].set.LogShortened(commitlog.TopicPartition{Topic: "t", Partition: 7})
	}, 1, 2)
}

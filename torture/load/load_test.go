package load

import (
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/testcluster/history"
)

func testLoad() *Load {
	return &Load{Options: Options{Topic: "t", Partitions: 2, Begin: time.Now()}, H: &history.History{}, read: map[position]int64{}}
}

// TestInvoke: what is sent is in the history before anybody knows what becomes of it.
func TestInvoke(t *testing.T) {
	l := testLoad()
	first, second := l.invoke("p", 0, "a", true), l.invoke("p", 1, "b", true)
	weak := l.invoke("w", 1, "c", false)
	second(history.OK, 7)
	weak(history.OK, 8)
	want := []history.Produce{{Value: "a"}, {Value: "b", Outcome: history.OK, Offset: 7}, {Value: "c"}}
	for i, p := range l.H.Produces {
		if p.Value != want[i].Value || p.Outcome != want[i].Outcome || p.Offset != want[i].Offset {
			t.Errorf("%+v, want %+v", p, want[i])
		}
	}
	first(history.Unknown, 0)
	if sent, ok := l.Counts(); sent != 2 || ok != 1 {
		t.Errorf("%d sent, %d acknowledged", sent, ok)
	}
}

// TestRead: the slowest consumer decides; one that has read nothing is at the beginning.
func TestRead(t *testing.T) {
	l := testLoad()
	l.moved(reader, map[int32]int64{0: 100})
	if at := l.Read(0); at != 0 {
		t.Errorf("%d before the groups have read", at)
	}
	for i, g := range groups {
		l.moved(g, map[int32]int64{0: 50 + int64(i)})
	}
	if at := l.Read(0); at != 50 {
		t.Errorf("%d", at)
	}
}

func TestForeignNeedsWhatItRuns(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, library := range []string{Librdkafka, Java, "cobol"} {
		if Foreign(library) == nil {
			t.Errorf("%s can be used here", library)
		}
	}
	if err := Foreign(Franz); err != nil {
		t.Error(err)
	}
}

package commitlog

import (
	"errors"
	"slices"
	"testing"
)

// TestRolesFenceEachOther: what the leader of an older epoch sent, or clients sent to
// it, changes nothing once a newer epoch began.
func TestRolesFenceEachOther(t *testing.T) {
	w := newWorld(t)
	l := w.open()
	if start, err := l.BeginLeading(3); start != 0 || err != nil {
		t.Fatal(start, err)
	}
	w.append(l, 3, records(1, 10, 0))
	sent := readAll(t, l, 0, 1<<20)
	if _, err := l.BeginLeading(2); !errors.Is(err, ErrStaleEpoch) {
		t.Errorf("leading in an older epoch: %v", err)
	}
	end, epoch, err := l.BeginFollowing(5)
	if end != 1 || epoch != 3 || err != nil {
		t.Errorf("following: end %d epoch %d %v", end, epoch, err)
	}
	for what, do := range map[string]func() (int64, int32, error){
		"replicate": func() (int64, int32, error) { return l.Replicate(4, sent) },
		"truncate":  func() (int64, int32, error) { return l.TruncateForLeader(4, 0) },
		"restart":   func() (int64, int32, error) { return l.RestartForLeader(4, 9) },
	} {
		if end, epoch, err := do(); !errors.Is(err, ErrStaleEpoch) || end != 1 || epoch != 3 {
			t.Errorf("%s for an older leader: end %d epoch %d %v", what, end, epoch, err)
		}
	}
	if end, epoch, err := l.TruncateForLeader(5, 0); end != 0 || epoch != -1 || err != nil {
		t.Errorf("truncate: end %d epoch %d %v", end, epoch, err)
	}
	if end, epoch, err := l.Replicate(5, sent); end != 1 || epoch != 3 || err != nil {
		t.Errorf("replicate: end %d epoch %d %v", end, epoch, err)
	}
	if end, epoch, err := l.RestartForLeader(5, 9); end != 9 || epoch != -1 || err != nil {
		t.Errorf("restart: end %d epoch %d %v", end, epoch, err)
	}
	if err := l.Check(); err != nil {
		t.Error(err)
	}
}

// TestEpochWithoutBatches: an epoch that this broker led without appending is unknown
// to all others and must not be what it compares itself by.
func TestEpochWithoutBatches(t *testing.T) {
	w := newWorld(t)
	l := w.open()
	w.append(l, 1, records(1, 10, 0))
	if _, err := l.BeginLeading(4); err != nil {
		t.Fatal(err)
	}
	if got := l.Epochs(); !slices.Equal(got, []EpochEntry{{1, 0}, {4, 1}}) {
		t.Errorf("leading: %v", got)
	}
	if epoch, end := l.EndOffsetForEpoch(2); epoch != 1 || end != 1 {
		t.Errorf("epoch 2 ends as %d at %d", epoch, end)
	}
	if _, epoch, err := l.BeginFollowing(5); epoch != 1 || err != nil {
		t.Errorf("following: epoch %d %v", epoch, err)
	}
	if _, err := l.BeginLeading(6); err != nil {
		t.Fatal(err)
	}
	if err := l.TruncateTo(1); err != nil { // nothing to cut but the epoch
		t.Fatal(err)
	}
	if got := l.Epochs(); !slices.Equal(got, []EpochEntry{{1, 0}}) {
		t.Errorf("truncated at its end: %v", got)
	}
}

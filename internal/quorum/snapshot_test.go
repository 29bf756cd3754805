package quorum

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
)

func testHeader(end int64) snapshotHeader {
	ms := testMembers(3)
	ms[2].Learner = true
	return snapshotHeader{ID: SnapshotID{EndOffset: end, Epoch: 5}, Index: 17, LastTimestampMs: 12345, Members: ms}
}

// adder returns a function that adds the values.
func adder(values ...string) func(add func([]byte) error) error {
	return func(add func([]byte) error) error {
		for _, v := range values {
			if err := add([]byte(v)); err != nil {
				return err
			}
		}
		return nil
	}
}

// collect reads a snapshot's values.
func collect(t testing.TB, fs vfs.FS, dir string, id SnapshotID) (snapshotHeader, []string) {
	t.Helper()
	var got []string
	h, err := walkSnapshot(fs, dir, id, "", func(value []byte) error {
		got = append(got, string(value))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return h, got
}

func TestSnapshotRoundTrip(t *testing.T) {
	big := strings.Repeat("x", 700_000)
	for name, values := range map[string][]string{
		"empty":          nil,
		"small":          {"a", "b", "c"},
		"several blocks": {big, big, "a", big, big, "b"},
	} {
		t.Run(name, func(t *testing.T) {
			fs := vfs.NewMem()
			header := testHeader(40)
			if err := writeSnapshot(fs, ".", header, adder(values...)); err != nil {
				t.Fatal(err)
			}
			h, got := collect(t, fs.CrashClone(vfs.CrashOptions{}), ".", header.ID)
			if !reflect.DeepEqual(h, header) || !slices.Equal(got, values) {
				t.Fatalf("%d values, header %+v; want %d, %+v", len(got), h, len(values), header)
			}
		})
	}
}

// What Kafka's SnapshotFileReader insists on: control records first and last, one
// epoch, offsets from 0 without a gap, no key in data, no timestamp delta.
func TestSnapshotHasKafkasForm(t *testing.T) {
	fs := vfs.NewMem()
	header := testHeader(40)
	if err := writeSnapshot(fs, ".", header, adder("a", "b")); err != nil {
		t.Fatal(err)
	}
	raw, err := vfs.ReadFile(fs, "00000000000000000040-0000000005.checkpoint", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	err = batch.ForEach(raw, func(h batch.Header, b []byte) error {
		r, err := batch.NewReader(b, 1<<20)
		if err != nil {
			return err
		}
		for r.Next() {
			rec := r.Record()
			if rec.Timestamp != 12345 || rec.Offset != int64(len(kinds)) || h.PartitionLeaderEpoch != 5 {
				t.Errorf("record %+v in a batch of epoch %d", rec, h.PartitionLeaderEpoch)
			}
			kind := string(rec.Value)
			if h.IsControl() {
				typ, _ := batch.ParseControlKey(rec.Key)
				kind = fmt.Sprint("control ", typ)
			} else if rec.Key != nil {
				t.Error("a data record has a key")
			}
			kinds = append(kinds, kind)
		}
		return r.Err()
	})
	want := []string{"control 3", "control 5", "control 6", "a", "b", "control 4"}
	if err != nil || !slices.Equal(kinds, want) {
		t.Fatalf("records %q (%v), want %q", kinds, err, want)
	}
}

// A snapshot with any byte changed or missing is refused.
func TestDamagedSnapshotIsRefused(t *testing.T) {
	fs := vfs.NewMem()
	header := testHeader(40)
	if err := writeSnapshot(fs, ".", header, adder("a", "b")); err != nil {
		t.Fatal(err)
	}
	f, err := fs.Open(header.ID.String(), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	size, _ := f.Size()
	check := func(what string, at int64) {
		if _, err := walkSnapshot(fs, ".", header.ID, "", nil); !errors.Is(err, errSnapshot) {
			t.Errorf("%s at %d: %v", what, at, err)
		}
	}
	b := make([]byte, 1)
	for at := range size {
		f.ReadAt(b, at)
		f.WriteAt([]byte{b[0] ^ 0x10}, at)
		check("changed", at)
		f.WriteAt(b, at)
	}
	f.WriteAt([]byte{0}, size)
	check("longer", size)
	for at := size - 1; at >= 0; at-- {
		f.Truncate(at)
		check("shorter", at)
	}
}

func TestSnapshotNames(t *testing.T) {
	id := SnapshotID{EndOffset: 12, Epoch: 3}
	if got, ok := parseSnapshotName(id.String()); !ok || got != id {
		t.Fatalf("%v became %v", id, got)
	}
	for _, name := range []string{
		"", ".checkpoint", "00000000000000000012-0000000003", "00000000000000000012-0000000003.checkpoint.part",
		"0000000000000000012-00000000003.checkpoint", "+0000000000000000012-0000000003.checkpoint",
		"99999999999999999999-0000000003.checkpoint", "00000000000000000012-9999999999.checkpoint",
		"00000000000000000012_0000000003.checkpoint",
	} {
		if got, ok := parseSnapshotName(name); ok {
			t.Errorf("%q is taken for %v", name, got)
		}
	}
}

func TestListSnapshotsRemovesHalfWrittenOnes(t *testing.T) {
	fs := vfs.NewMem()
	for _, end := range []int64{50, 40} {
		if err := writeSnapshot(fs, ".", testHeader(end), adder("a")); err != nil {
			t.Fatal(err)
		}
	}
	broken := errors.New("enough")
	err := writeSnapshot(fs, ".", testHeader(60), func(func([]byte) error) error { return broken })
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
	ids, err := listSnapshots(fs, ".")
	if err != nil || len(ids) != 2 || ids[0].EndOffset != 40 || ids[1].EndOffset != 50 {
		t.Fatalf("%v (%v)", ids, err)
	}
	left, _ := fs.ReadDir(".")
	if len(left) != 2 {
		t.Fatalf("%d files are left", len(left))
	}
}

func FuzzSnapshotFile(f *testing.F) {
	fs := vfs.NewMem()
	header := testHeader(40)
	if err := writeSnapshot(fs, ".", header, adder("a", "b")); err != nil {
		f.Fatal(err)
	}
	seed, err := vfs.ReadFile(fs, header.ID.String(), 1<<20)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Fuzz(func(t *testing.T, b []byte) {
		fs := vfs.NewMem()
		file, err := fs.Open(header.ID.String(), os.O_CREATE|os.O_RDWR, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		file.WriteAt(b, 0)
		h, err := walkSnapshot(fs, ".", header.ID, "", func([]byte) error { return nil })
		if err == nil && h.Members.check() != nil {
			t.Fatalf("accepted %+v", h)
		}
	})
}

func FuzzSnapshotHeader(f *testing.F) {
	fs := vfs.NewMem()
	header := testHeader(40)
	if err := writeSnapshot(fs, ".", header, adder()); err != nil {
		f.Fatal(err)
	}
	raw, err := vfs.ReadFile(fs, header.ID.String(), 1<<20)
	if err != nil {
		f.Fatal(err)
	}
	_, first, _, err := batch.Next(raw)
	if err != nil {
		f.Fatal(err)
	}
	_, value, err := firstRecord(first)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(value)
	f.Fuzz(func(t *testing.T, value []byte) {
		h, err := decodeSnapshotHeader(header.ID, value)
		if err == nil && (h.Index == 0 || h.Index > maxIndex || h.Members.check() != nil) {
			t.Fatalf("accepted %+v", h)
		}
	})
}

package quorum

import (
	"errors"
	"os"
	"reflect"
	"testing"

	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

func testHardState() hardState {
	return hardState{
		RaftID: 2, DirectoryID: testDir(1), Term: 7, Vote: 3, Commit: 99, SyncedOffset: 1234, RestartOffset: 77, Lost: true,
		Bindings: map[uint64]wire.UUID{3: testDir(3), 1 << 62: testDir(4)},
	}
}

func TestHardStateRoundTrip(t *testing.T) {
	fs := vfs.NewMem()
	if err := fs.MkdirAll("d", 0o755); err != nil {
		t.Fatal(err)
	}
	if _, found, err := loadHardState(fs, "d"); found || err != nil {
		t.Fatalf("found %v (%v) where there is nothing", found, err)
	}
	want := testHardState()
	if err := want.save(fs, "d"); err != nil {
		t.Fatal(err)
	}
	got, found, err := loadHardState(fs.CrashClone(vfs.CrashOptions{}), "d")
	if err != nil || found != false && !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, found %v (%v)", got, found, err)
	}
	// The directory itself was never synced into its parent above.
	if err := fs.SyncDir("."); err != nil {
		t.Fatal(err)
	}
	got, found, err = loadHardState(fs.CrashClone(vfs.CrashOptions{}), "d")
	if err != nil || !found || !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, found %v (%v) after a crash, want %+v", got, found, err, want)
	}
}

// A file that was changed anywhere is refused: never taken for "no votes yet".
func TestDamagedHardStateIsRefused(t *testing.T) {
	want := testHardState()
	good := want.encode()
	for i := range good {
		bad := append([]byte(nil), good...)
		bad[i] ^= 0x40
		if _, err := decodeHardState(bad); err == nil {
			t.Fatalf("byte %d changed and nobody noticed", i)
		}
		if _, err := decodeHardState(good[:i]); err == nil {
			t.Fatalf("cut off at %d and nobody noticed", i)
		}
	}
	fs := vfs.NewMem()
	f, err := fs.Open(hardStateName, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, _, err := loadHardState(fs, "."); !errors.Is(err, errHardState) {
		t.Fatalf("an empty file gives %v", err)
	}
}

func FuzzDecodeHardState(f *testing.F) {
	h := testHardState()
	f.Add(h.encode())
	f.Add((&hardState{}).encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := decodeHardState(b)
		if err != nil {
			return
		}
		again, err := decodeHardState(h.encode())
		if err != nil || !reflect.DeepEqual(again, h) {
			t.Fatalf("%+v became %+v (%v)", h, again, err)
		}
	})
}

func FuzzDecodeHardStateBody(f *testing.F) {
	h := testHardState()
	b := h.encode()
	f.Add(b[len(hardStateMagic)+6 : len(b)-4])
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, err := decodeHardStateBody(b); err == nil && (h.Term > maxTerm || len(h.Bindings) > maxBindings) {
			t.Fatalf("accepted %+v", h)
		}
	})
}

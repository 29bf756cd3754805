package quorum

import (
	"errors"
	"os"
	"testing"
	"testing/synctest"

	"github.com/brolga-io/brolga/internal/vfs"
)

const firstLogName = metadataDir + "/00000000000000000000.log"

// TestDamagedEntriesAreRefused: a flipped bit in any byte of the synced log is found when
// the node starts, and not when raft happens to read that entry.
func TestDamagedEntriesAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fs := vfs.NewMem()
		n := mustOpen(t, aloneOptions(t, fs))
		for _, text := range []string{"a", "b", "c"} {
			n.write(n.role.wait(), text)
		}
		n.close()
		good, err := vfs.ReadFile(fs, firstLogName, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		for at := range good {
			b := append([]byte(nil), good...)
			b[at] ^= 1 << (at % 8)
			overwrite(t, fs, b)
			if n, err := openNode(t, aloneOptions(t, fs)); !errors.Is(err, ErrLostEntries) {
				t.Errorf("byte %d: opened: %v", at, err)
				if err == nil {
					n.close()
				}
			}
		}
		overwrite(t, fs, good)
		mustOpen(t, aloneOptions(t, fs)).close()
	})
}

func overwrite(t *testing.T, fs vfs.FS, b []byte) {
	t.Helper()
	f, err := fs.Open(firstLogName, os.O_RDWR, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(b, 0); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(int64(len(b))), f.Close()); err != nil {
		t.Fatal(err)
	}
}

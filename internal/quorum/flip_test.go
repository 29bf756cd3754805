package quorum

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/brolga-io/brolga/internal/vfs"
)

// flipWorld is the directory of a lone voter with all that one can hold: segments, two
// snapshots, its hard state, what the log keeps beside its segments.
func flipWorld(t *testing.T, clean bool) (base *vfs.Mem, o Options, want []string) {
	mem := vfs.NewMem()
	o = aloneOptions(t, mem)
	smallSegments(&o)
	for range 2 {
		n := mustOpen(t, o)
		epoch := n.role.wait()
		for range 2 {
			want = append(want, n.fill(epoch, len(want), 6)...)
			n.snapshot()
		}
		want = append(want, n.fill(epoch, len(want), 6)...)
		if clean {
			n.close()
			continue
		}
		mem = mem.CrashClone(keepAll())
		o.FS = mem
		n.close()
	}
	return mem.CrashClone(keepAll()), o, want
}

// keepAll is what the death of a process leaves: all that was written.
func keepAll() vfs.CrashOptions { return crashKinds(0)["everything survives"] }

// recoverFrom opens a directory, waits until it leads, and returns what it says. The error
// is a refusal, at the start or soon after.
func recoverFrom(t *testing.T, o Options, mem *vfs.Mem) (epoch int32, values []string, err error) {
	o.FS = mem
	n, err := openNode(t, o)
	if err != nil {
		return 0, nil, err
	}
	defer n.q.Close()
	synctest.Wait()
	if err := n.failure(); err != nil {
		return 0, nil, err
	}
	if epoch, _ = n.role.leads(); epoch == 0 {
		return 0, nil, nil
	}
	values, err = n.read()
	return epoch, values, err
}

// filesOf are the files of a metadata directory.
func filesOf(t *testing.T, mem *vfs.Mem) map[string][]byte {
	t.Helper()
	entries, err := mem.ReadDir(metadataDir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, e := range entries {
		name := path.Join(metadataDir, e.Name())
		if all[name], err = vfs.ReadFile(mem, name, 1<<20); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// TestFlippedBytes flips one bit of each byte of each file of the metadata directory, one
// at a time, after an orderly end and after a kill. The node says all that it had
// promised, in a new epoch, or refuses with a sentence; it never says something else.
// After a kill there is a tail that the hard state does not know to be synced: there a
// flip is like a torn write, and the tail is cut at it.
func TestFlippedBytes(t *testing.T) {
	for _, clean := range []bool{true, false} {
		t.Run(fmt.Sprint("clean ", clean), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { flipEach(t, clean) })
		})
	}
}

func flipEach(t *testing.T, clean bool) {
	base, o, want := flipWorld(t, clean)
	led, values, err := recoverFrom(t, o, base.CrashClone(keepAll()))
	if err != nil || !slices.Equal(values, want) {
		t.Fatalf("without a flip: %v, %d values of %d", err, len(values), len(want))
	}
	harmless, refused, cut := map[string]int{}, map[string]int{}, 0
	sure := len(want)
	if !clean {
		sure -= 6 // what the newest snapshot covers
	}
	all := filesOf(t, base)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		kind := name[strings.LastIndexByte(name, '.')+1:]
		if !strings.Contains(path.Base(name), ".") {
			kind = path.Base(name)
		}
		for at := range all[name] {
			mem := base.CrashClone(keepAll())
			b := bytes.Clone(all[name])
			b[at] ^= 1 << (at % 8)
			if err := vfs.WriteFile(mem, name, b); err != nil {
				t.Fatal(err)
			}
			epoch, values, err := recoverFrom(t, o, mem)
			switch {
			case err == nil && epoch == led && slices.Equal(values, want):
				harmless[kind]++
			case err != nil && len(err.Error()) > 20 && !strings.Contains(err.Error(), "BUG"):
				refused[kind]++
			case err == nil && epoch == led && kind == "log" && len(values) >= sure && slices.Equal(values, want[:len(values)]):
				cut++
			default:
				t.Errorf("%s, byte %d: epoch %d instead of %d, %d values of %d: %v", name, at, epoch, led, len(values), len(want), err)
			}
		}
		t.Logf("%s: %d bytes", name, len(all[name]))
	}
	t.Logf("harmless %v, refused %v, cut as a torn tail %d", harmless, refused, cut)
	if refused["log"] == 0 || refused[hardStateName] != len(all[path.Join(metadataDir, hardStateName)]) || harmless["checkpoint"] == 0 {
		t.Error("the directory does not hold what it should")
	}
}

// TestSyncedRecordsAreClaimed: the hard state claims what was synced before it is much,
// also in a term that never ends, so that damage to it is not taken for a torn tail.
func TestSyncedRecordsAreClaimed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := vfs.NewMem()
		n := mustOpen(t, aloneOptions(t, mem))
		epoch, many := n.role.wait(), make([]string, unclaimedRecords/4)
		for range 6 {
			n.write(epoch, many...)
		}
		h, _, err := loadHardState(mem, metadataDir)
		if end := n.q.disk.log.EndOffset(); err != nil || end-h.SyncedOffset > unclaimedRecords {
			t.Errorf("the log ends at %d, %d is claimed: %v", end, h.SyncedOffset, err)
		}
		n.close()
	})
}

package damage

import (
	"errors"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
)

// example is a data directory with every file that there are kinds for.
func example(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	for _, p := range []string{"a-0", "a-1", quorumName} {
		for segment, base := range []int64{0, 30} {
			name := filepath.Join(dir, p, []string{"00000000000000000000", "00000000000000000030"}[segment])
			put(t, name+".log", batches(base, 10))
			for _, suffix := range []string{".index", ".timeindex", ".txnindex", ".snapshot"} {
				put(t, name+suffix, []byte("some bytes of an auxiliary file"))
			}
		}
		put(t, filepath.Join(dir, p, "leader-epoch-checkpoint"), []byte("0\n1\n3 0\n"))
		put(t, filepath.Join(dir, p, "partition.metadata"), []byte("version: 0\ntopic_id: x\n"))
	}
	put(t, filepath.Join(dir, quorumName, "raft-state"), []byte("promises"))
	put(t, filepath.Join(dir, quorumName, "00000000000000000020-0000000003.checkpoint"), []byte("a snapshot"))
	for _, p := range parts() {
		if p.top != "" {
			put(t, filepath.Join(dir, p.top), []byte("0\n1\na 0 12\n"))
		}
	}
	put(t, filepath.Join(dir, "meta.properties"), []byte("version=1\n"))
	return dir
}

func put(t *testing.T, name string, b []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// batches are n of three records each.
func batches(base int64, n int) []byte {
	var b []byte
	for range n {
		opts := batch.NoProducer()
		opts.BaseOffset, opts.LeaderEpoch = base, 3
		one := batch.NewBuilder(opts)
		for range 3 {
			one.Append(1, nil, []byte("value"))
			base++
		}
		b = one.Build(b)
	}
	return b
}

// content are all files of a directory.
func content(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(name)
		all[strings.TrimPrefix(name, dir)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestEveryKindDoesWhatItSays: it changes files, in the same way for the same random
// numbers, tells of it, leaves the quorum to its own kinds, and Restore takes it back.
func TestEveryKindDoesWhatItSays(t *testing.T) {
	dir := example(t)
	if err := Save(dir); err != nil {
		t.Fatal(err)
	}
	before := content(t, dir)
	for _, k := range Kinds() {
		for seed := range uint64(2) {
			if k == "rollback" {
				put(t, filepath.Join(dir, "a-0", "00000000000000000090.log"), batches(90, 1))
			}
			what, err := Apply(dir, k, rand.New(rand.NewPCG(seed, 0)))
			if err != nil || what == "" {
				t.Fatalf("%s: %q, %v", k, what, err)
			}
			after := content(t, dir)
			if maps.Equal(before, after) != (k == "rollback") {
				t.Errorf("%s: %s, and the files are what they were: %v", k, what, k != "rollback")
			}
			if k.Family() != Quorum && k.Family() != Identity && k != "wiped" {
				for name := range before {
					if strings.Contains(name, quorumName) && before[name] != after[name] {
						t.Errorf("%s: %s, and changed %s", k, what, name)
					}
				}
			}
			if err := Restore(dir); err != nil {
				t.Fatal(err)
			}
			again, err := Apply(dir, k, rand.New(rand.NewPCG(seed, 0)))
			if err != nil || again != what || !maps.Equal(content(t, dir), after) {
				t.Errorf("%s: again %q and not %q, %v", k, again, what, err)
			}
			if err := Restore(dir); err != nil {
				t.Fatal(err)
			}
			if !maps.Equal(content(t, dir), before) {
				t.Fatalf("%s was not taken back", k)
			}
		}
	}
}

// TestNothingToDamage: an empty directory has no file for any kind.
func TestNothingToDamage(t *testing.T) {
	for _, k := range Kinds() {
		if what, err := Apply(t.TempDir(), k, rand.New(rand.NewPCG(1, 0))); !errors.Is(err, ErrNothing) {
			t.Errorf("%s: %q, %v", k, what, err)
		}
	}
	if _, err := Apply(filepath.Join(t.TempDir(), "none"), "tail-cut", rand.New(rand.NewPCG(1, 0))); err == nil {
		t.Error("damaged a directory that is not there")
	}
	if _, err := Apply(t.TempDir(), "no such kind", rand.New(rand.NewPCG(1, 0))); err == nil {
		t.Error("a kind that is none")
	}
}

// TestTable: names are unique, and every family has kinds.
func TestTable(t *testing.T) {
	seen := map[Kind]bool{}
	for _, k := range Kinds() {
		if seen[k] || k.Family() == "" || k.Promise() == "" {
			t.Errorf("%s is there twice, or lacks something", k)
		}
		seen[k] = true
	}
	for _, f := range []Family{Tail, Auxiliary, Flip, Loss, Identity, Quorum} {
		if len(Of(f)) == 0 {
			t.Errorf("no kind of %s", f)
		}
	}
}

// TestTailsEndAtABatch: what is cut or grown is the active segment, and all batches but
// the last stay.
func TestTailsEndAtABatch(t *testing.T) {
	for _, k := range Of(Tail) {
		dir := example(t)
		if _, err := Apply(dir, k, rand.New(rand.NewPCG(7, 0))); err != nil {
			t.Fatal(err)
		}
		for _, p := range []string{"a-0", "a-1"} {
			old, err := batchesOf(filepath.Join(dir, p, "00000000000000000000.log"))
			if err != nil || len(old) != 10 {
				t.Errorf("%s: %d batches in the segment before, %v", k, len(old), err)
			}
			last, err := batchesOf(filepath.Join(dir, p, "00000000000000000030.log"))
			if err != nil || len(last) < 9 {
				t.Errorf("%s: %d batches in the active segment, %v", k, len(last), err)
			}
		}
	}
}

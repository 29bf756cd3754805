package metadata

import (
	"cmp"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestTreeAgainstMap runs random changes on a tree and on a map, and looks at the
// copies that were taken in between: they must not see later changes.
func TestTreeAgainstMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type copyOf struct {
			tree tree[int, int]
			want map[int]int
		}
		var copies []copyOf
		tr := newTree[int, int](cmp.Compare)
		want := map[int]int{}
		o := new(owner)
		keys := rapid.IntRange(0, rapid.SampledFrom([]int{10, 300, 5000}).Draw(t, "keys"))
		for i := range rapid.IntRange(0, 3000).Draw(t, "steps") {
			k := keys.Draw(t, "key")
			switch rapid.IntRange(0, 9).Draw(t, "op") {
			case 0, 1, 2, 3, 4, 5:
				tr.set(o, k, i)
				want[k] = i
			case 6, 7, 8:
				_, was := want[k]
				if got := tr.remove(o, k); got != was {
					t.Fatalf("remove(%d) = %v, want %v", k, got, was)
				}
				delete(want, k)
			case 9:
				copies = append(copies, copyOf{tr, maps.Clone(want)})
				o = new(owner)
			}
		}
		copies = append(copies, copyOf{tr, want})
		for _, c := range copies {
			checkTree(t, &c.tree, c.want, keys.Draw(t, "from"))
		}
	})
}

func checkTree(t *rapid.T, tr *tree[int, int], want map[int]int, from int) {
	if tr.len() != len(want) {
		t.Fatalf("len = %d, want %d", tr.len(), len(want))
	}
	var gotKeys, gotFrom []int
	for k, v := range tr.all() {
		gotKeys = append(gotKeys, k)
		if w, ok := want[k]; !ok || w != v {
			t.Fatalf("all: %d = %d, want %d, %v", k, v, w, ok)
		}
	}
	sorted := slices.Sorted(maps.Keys(want))
	if !slices.Equal(gotKeys, sorted) {
		t.Fatalf("keys = %v, want %v", gotKeys, sorted)
	}
	for k := range tr.from(from) {
		gotFrom = append(gotFrom, k)
	}
	at, _ := slices.BinarySearch(sorted, from)
	if !slices.Equal(gotFrom, sorted[at:]) {
		t.Fatalf("from(%d) = %v, want %v", from, gotFrom, sorted[at:])
	}
	for _, k := range sorted {
		if v, ok := tr.get(k); !ok || v != want[k] {
			t.Fatalf("get(%d) = %d, %v", k, v, ok)
		}
	}
	if _, ok := tr.get(-1); ok {
		t.Fatal("get(-1) found something")
	}
	if tr.root != nil {
		checkNode(t, tr.root)
	}
}

// checkNode checks what the walks do not show: the shape of the nodes.
func checkNode(t *rapid.T, n *node[int, int]) {
	if len(n.keys) == 0 || len(n.keys) > maxFill {
		t.Fatalf("a node with %d keys", len(n.keys))
	}
	for i, kid := range n.kids {
		if kid.keys[0] != n.keys[i] {
			t.Fatalf("key %d above a kid that begins with %d", n.keys[i], kid.keys[0])
		}
		checkNode(t, kid)
	}
}

func TestTreeInOrderLeavesFullNodes(t *testing.T) {
	tr := newTree[int, int](cmp.Compare)
	o := new(owner)
	for i := range 100 * maxFill {
		tr.set(o, i, i)
	}
	leaves := 0
	var count func(n *node[int, int])
	count = func(n *node[int, int]) {
		if n.kids == nil {
			leaves++
		}
		for _, kid := range n.kids {
			count(kid)
		}
	}
	count(tr.root)
	if leaves > 101 {
		t.Fatalf("%d leaves for %d keys", leaves, tr.len())
	}
}

func TestTreeStopsWalking(t *testing.T) {
	tr := newTree[int, int](cmp.Compare)
	o := new(owner)
	for i := range 1000 {
		tr.set(o, i, i)
	}
	for name, seq := range map[string]func(func(int, int) bool){"all": tr.all(), "from": tr.from(100)} {
		n := 0
		for range seq {
			if n++; n == 150 {
				break
			}
		}
		if n != 150 {
			t.Errorf("%s: %d steps", name, n)
		}
	}
}

func BenchmarkTreeGet(b *testing.B) {
	tr := newTree[int, int](cmp.Compare)
	o := new(owner)
	for i := range 100_000 {
		tr.set(o, i*7919%100_000, i)
	}
	for i := 0; b.Loop(); i++ {
		tr.get(i % 100_000)
	}
}

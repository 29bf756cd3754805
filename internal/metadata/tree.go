package metadata

import (
	"iter"
	"slices"
)

// maxFill is the most entries of a node, minFill what a node that lost entries
// is merged below. A quarter apart from a half keeps a key that comes and goes
// from splitting and merging each time.
const (
	maxFill = 64
	minFill = 16
)

// owner marks the nodes which an Editor made since it last handed out an image:
// nobody else has seen them, so they may be changed in place. It has a size
// because pointers to different values without one may be equal.
type owner struct{ _ byte }

// tree is an ordered map that shares what did not change with its copies: a
// B+ tree whose nodes are copied on the way to a change. The header is copied
// like any value. The zero tree needs a compare function before its first use.
type tree[K, V any] struct {
	compare func(a, b K) int
	root    *node[K, V]
	count   int
}

// node is a leaf if it has no kids. In an inner node keys[i] is the smallest key
// below kids[i].
type node[K, V any] struct {
	owner *owner
	keys  []K
	vals  []V
	kids  []*node[K, V]
}

func newTree[K, V any](compare func(a, b K) int) tree[K, V] {
	return tree[K, V]{compare: compare}
}

func (t *tree[K, V]) len() int { return t.count }

// place returns the last index whose key is not above k, or -1, and whether that
// key is k.
func (t *tree[K, V]) place(keys []K, k K) (int, bool) {
	low, high := 0, len(keys)
	for low < high {
		mid := int(uint(low+high) >> 1)
		c := t.compare(keys[mid], k)
		if c == 0 {
			return mid, true
		}
		if c < 0 {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low - 1, false
}

func (t *tree[K, V]) get(k K) (v V, ok bool) {
	for n := t.root; n != nil; {
		i, found := t.place(n.keys, k)
		switch {
		case i < 0:
			return v, false
		case n.kids != nil:
			n = n.kids[i]
		case found:
			return n.vals[i], true
		default:
			return v, false
		}
	}
	return v, false
}

// set adds or replaces a key. Nodes of owner o are changed in place.
func (t *tree[K, V]) set(o *owner, k K, v V) {
	if t.root == nil {
		t.root = &node[K, V]{owner: o, keys: []K{k}, vals: []V{v}}
		t.count = 1
		return
	}
	t.root = t.root.own(o)
	right, added := t.insert(o, t.root, k, v)
	if right != nil {
		t.root = &node[K, V]{
			owner: o,
			keys:  []K{t.root.keys[0], right.keys[0]},
			kids:  []*node[K, V]{t.root, right},
		}
	}
	if added {
		t.count++
	}
}

// insert puts k below n, which o owns, and returns the node that was split off to
// the right of n, if any.
func (t *tree[K, V]) insert(o *owner, n *node[K, V], k K, v V) (right *node[K, V], added bool) {
	i, found := t.place(n.keys, k)
	if n.kids == nil {
		if found {
			n.vals[i] = v
			return nil, false
		}
		n.keys = slices.Insert(n.keys, i+1, k)
		n.vals = slices.Insert(n.vals, i+1, v)
		return n.split(o, i+1), true
	}
	i = max(i, 0)
	kid := n.kids[i].own(o)
	n.kids[i] = kid
	right, added = t.insert(o, kid, k, v)
	n.keys[i] = kid.keys[0]
	if right == nil {
		return nil, added
	}
	n.keys = slices.Insert(n.keys, i+1, right.keys[0])
	n.kids = slices.Insert(n.kids, i+1, right)
	return n.split(o, i+1), added
}

// split cuts n in two if it is too full. An entry that was put at the very end
// gets the new node alone, so that keys which come in order leave full nodes.
func (n *node[K, V]) split(o *owner, inserted int) *node[K, V] {
	if len(n.keys) <= maxFill {
		return nil
	}
	at := len(n.keys) / 2
	if inserted == len(n.keys)-1 {
		at = inserted
	}
	// Both halves are copied: the old array has room for twice a full node.
	right := &node[K, V]{owner: o, keys: slices.Clone(n.keys[at:])}
	n.keys = slices.Clone(n.keys[:at])
	if n.kids == nil {
		right.vals = slices.Clone(n.vals[at:])
		n.vals = slices.Clone(n.vals[:at])
		return right
	}
	right.kids = slices.Clone(n.kids[at:])
	n.kids = slices.Clone(n.kids[:at])
	return right
}

// own returns n if o owns it, else a copy that o owns.
func (n *node[K, V]) own(o *owner) *node[K, V] {
	if n.owner == o {
		return n
	}
	return &node[K, V]{
		owner: o,
		keys:  slices.Clone(n.keys),
		vals:  slices.Clone(n.vals),
		kids:  slices.Clone(n.kids),
	}
}

// remove deletes a key and tells whether it was there.
func (t *tree[K, V]) remove(o *owner, k K) bool {
	if _, ok := t.get(k); !ok {
		return false
	}
	t.root = t.root.own(o)
	t.cut(o, t.root, k)
	t.count--
	for t.root != nil && len(t.root.keys) <= 1 {
		if len(t.root.keys) == 1 && t.root.kids == nil {
			break
		}
		if len(t.root.keys) == 0 {
			t.root = nil
			break
		}
		t.root = t.root.kids[0]
	}
	return true
}

// cut removes k, which is there, below n, which o owns.
func (t *tree[K, V]) cut(o *owner, n *node[K, V], k K) {
	i, _ := t.place(n.keys, k)
	if n.kids == nil {
		n.keys = slices.Delete(n.keys, i, i+1)
		n.vals = slices.Delete(n.vals, i, i+1)
		return
	}
	kid := n.kids[i].own(o)
	n.kids[i] = kid
	t.cut(o, kid, k)
	if len(kid.keys) == 0 {
		n.drop(i)
		return
	}
	n.keys[i] = kid.keys[0]
	if len(kid.keys) >= minFill {
		return
	}
	if i+1 < len(n.kids) {
		n.merge(o, i)
	} else if i > 0 {
		n.merge(o, i-1)
	}
}

// merge joins kids i and i+1 if one node can hold both.
func (n *node[K, V]) merge(o *owner, i int) {
	left, right := n.kids[i], n.kids[i+1]
	if len(left.keys)+len(right.keys) > maxFill-minFill {
		return
	}
	left = left.own(o)
	left.keys = append(left.keys, right.keys...)
	left.vals = append(left.vals, right.vals...)
	left.kids = append(left.kids, right.kids...)
	n.kids[i] = left
	n.drop(i + 1)
}

func (n *node[K, V]) drop(i int) {
	n.keys = slices.Delete(n.keys, i, i+1)
	n.kids = slices.Delete(n.kids, i, i+1)
}

// all walks over the tree in the order of its keys.
func (t *tree[K, V]) all() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		if t.root != nil {
			t.root.walk(yield)
		}
	}
}

// from walks over the keys that are not below k.
func (t *tree[K, V]) from(k K) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		if t.root != nil {
			t.walkFrom(t.root, k, yield)
		}
	}
}

func (n *node[K, V]) walk(yield func(K, V) bool) bool {
	for i, v := range n.vals {
		if !yield(n.keys[i], v) {
			return false
		}
	}
	for _, kid := range n.kids {
		if !kid.walk(yield) {
			return false
		}
	}
	return true
}

func (t *tree[K, V]) walkFrom(n *node[K, V], k K, yield func(K, V) bool) bool {
	i, found := t.place(n.keys, k)
	if n.kids == nil {
		if !found {
			i++
		}
		for ; i < len(n.keys); i++ {
			if !yield(n.keys[i], n.vals[i]) {
				return false
			}
		}
		return true
	}
	i = max(i, 0)
	if !t.walkFrom(n.kids[i], k, yield) {
		return false
	}
	for _, kid := range n.kids[i+1:] {
		if !kid.walk(yield) {
			return false
		}
	}
	return true
}

package history

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Linearizability is I17: the changes of each resource can be put in one order in which
// every one finds what it says it found, none comes before one that had ended when it was
// invoked, and none that was acknowledged is missing. One without an answer may be
// anywhere after its invocation, or nowhere.
func Linearizability(h *History) []string {
	var f found
	changes := map[string][]Change{}
	var names []string
	for _, c := range h.Changes {
		if c.Outcome == Failed {
			continue
		}
		if changes[c.Resource] == nil {
			names = append(names, c.Resource)
		}
		changes[c.Resource] = append(changes[c.Resource], c)
	}
	for _, name := range names {
		o := &ordering{changes: changes[name], seen: map[string]bool{}}
		slices.SortStableFunc(o.changes, func(a, b Change) int { return cmp.Compare(a.Invoked, b.Invoked) })
		if !o.possible() {
			c := o.changes[o.stuck]
			f.add("%s: no order of its %d changes explains %v of %q by %s, invoked at %v and ended at %v",
				name, len(o.changes), c.Op, c.Value, c.Client, c.Invoked, c.Ended)
		}
	}
	return f
}

func (op ChangeOp) String() string {
	return [...]string{"the write", "the creation", "the removal", "the read", "the sight"}[op]
}

// apply is what becomes of a resource; false: the change does not find what it must.
func (c *Change) apply(value string) (string, bool) {
	switch c.Op {
	case Write:
		return c.Value, true
	case Create:
		return c.Value, value == ""
	case Remove:
		return "", value != ""
	case Exists:
		return value, value != ""
	}
	return value, value == c.Value
}

// ordering looks for an order, as Wing and Gong do: depth first, and never twice from
// where the same changes are done and the value is the same.
type ordering struct {
	changes []Change // by invocation
	seen    map[string]bool
	stuck   int // the change that the longest order could not pass
}

// mostOrders is how many partial orders are looked at; whatever needs more is reported,
// as nobody can say that it is right.
const mostOrders = 1 << 20

// branch is a partial order.
type branch struct {
	done  []byte // bits
	value string
	first int // the first change that is not done
}

func (o *ordering) possible() bool {
	todo := []branch{{done: make([]byte, (len(o.changes)+7)/8)}}
	for len(todo) > 0 && len(o.seen) < mostOrders {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		next, finished := o.next(b)
		if finished {
			return true
		}
		todo = append(todo, next...)
	}
	return false
}

// next are the branches in which one more change is done; finished: every change with an
// answer is.
func (o *ordering) next(b branch) (all []branch, finished bool) {
	bound, earliest := time.Duration(math.MaxInt64), -1
	for i := b.first; i < len(o.changes) && o.changes[i].Invoked <= bound; i++ {
		if c := &o.changes[i]; !b.has(i) && c.Outcome == OK && c.Ended < bound {
			bound, earliest = c.Ended, i
		}
	}
	if earliest < 0 {
		return nil, true
	}
	o.stuck = max(o.stuck, earliest)
	for i := b.first; i < len(o.changes) && o.changes[i].Invoked <= bound; i++ {
		if b.has(i) {
			continue
		}
		value, ok := o.changes[i].apply(b.value)
		if !ok {
			continue
		}
		n := b.with(i, value)
		for n.first < len(o.changes) && n.has(n.first) {
			n.first++
		}
		if key := string(n.done) + n.value; !o.seen[key] {
			o.seen[key] = true
			all = append(all, n)
		}
	}
	return all, false
}

func (b branch) has(i int) bool { return b.done[i/8]&(1<<(i%8)) != 0 }

func (b branch) with(i int, value string) branch {
	done := slices.Clone(b.done)
	done[i/8] |= 1 << (i % 8)
	return branch{done, value, b.first}
}

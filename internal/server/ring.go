package server

// ring is a first-in first-out queue whose elements keep the number they were
// given when pushed. It grows by doubling and is reused when drained.
type ring[T any] struct {
	items []T    // length is a power of two, or zero
	next  uint64 // number of the next element pushed
	count int
}

func (r *ring[T]) len() int { return r.count }

// first is the number of the oldest element.
func (r *ring[T]) first() uint64 { return r.next - uint64(r.count) }

func (r *ring[T]) slot(number uint64) *T {
	return &r.items[number&uint64(len(r.items)-1)]
}

func (r *ring[T]) push(v T) {
	if r.count == len(r.items) {
		r.grow()
	}
	*r.slot(r.next) = v
	r.next++
	r.count++
}

func (r *ring[T]) grow() {
	bigger := ring[T]{items: make([]T, max(8, 2*len(r.items)))}
	for n := r.first(); n < r.next; n++ {
		*bigger.slot(n) = *r.slot(n)
	}
	r.items = bigger.items
}

// head returns the oldest element, or nil when there is none.
func (r *ring[T]) head() *T { return r.at(r.first()) }

// at returns the element with the given number, or nil when it has left or was
// never pushed.
func (r *ring[T]) at(number uint64) *T {
	if number >= r.next || number < r.first() {
		return nil
	}
	return r.slot(number)
}

// pop drops the oldest element.
func (r *ring[T]) pop() {
	var zero T
	*r.slot(r.first()) = zero
	r.count--
}

// shrink lets go of the memory of an empty ring that has grown.
func (r *ring[T]) shrink() {
	if r.count == 0 && len(r.items) > 8 {
		r.items = nil
	}
}

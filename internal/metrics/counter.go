package metrics

import "sync/atomic"

// Counter counts upwards. The zero value is ready.
type Counter struct{ n atomic.Int64 }

// Inc adds one.
func (c *Counter) Inc() { c.n.Add(1) }

// Add adds n, which must not be negative.
func (c *Counter) Add(n int64) { c.n.Add(n) }

// Value returns the count.
func (c *Counter) Value() int64 { return c.n.Load() }

// Source is a function that reports a room's numbers at scrape. The zero value
// reports nothing.
type Source[T any] struct{ fn atomic.Pointer[func() T] }

// Set installs the function, which must not block; a later one replaces it.
func (s *Source[T]) Set(fn func() T) { s.fn.Store(&fn) }

// read calls the function; ok is false while there is none.
func (s *Source[T]) read() (value T, ok bool) {
	fn := s.fn.Load()
	if fn == nil {
		return value, false
	}
	return (*fn)(), true
}

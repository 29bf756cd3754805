package shard

// Stepper stands in for the goroutines of a Runtime, so that everything that its
// shards do can be driven by one goroutine, in an order which is known. A simulation
// that replays from a seed needs that; nothing else does.
type Stepper interface {
	// Go has run called soon, from nobody's stack: never before Go returns.
	Go(run func())
	// Park returns when ready says so. What runs meanwhile is up to the Stepper.
	Park(ready func() bool)
}

// NewSteppedRuntime returns a Runtime that starts no goroutine. Its clock must call
// the functions of AfterFunc as a Stepper calls those of Go.
func NewSteppedRuntime(clock Clock, stepper Stepper) *Runtime {
	rt := NewRuntime(clock)
	rt.stepper = stepper
	return rt
}

// Await is called before a blocking receive from ch, which under a Stepper must find
// a value there.
func Await[T any](rt *Runtime, ch <-chan T) {
	if rt.stepper != nil {
		rt.stepper.Park(func() bool { return len(ch) > 0 })
	}
}

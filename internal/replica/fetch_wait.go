package replica

import "time"

// Run reads the partitions into Results. If there is less than the client's
// minimum it waits for more, at most as long as the client wants and not after
// stop is closed.
func (f *Fetch) Run(stop <-chan struct{}) {
	f.waited = 0
	if f.replica >= 0 {
		f.runFollower(stop)
		return
	}
	bytes, urgent := f.read()
	if urgent || f.maxWait <= 0 || bytes >= f.minBytes {
		f.keepReported()
		return
	}
	timer := f.startTimer()
	defer timer.Stop()
	begin := time.Now()
	f.set.waitingFetches.Add(1)
	defer f.set.waitingFetches.Add(-1)
	for waiting := true; waiting && !urgent && bytes < f.minBytes; {
		if f.await(bytes) {
			select {
			case <-f.waiter.ch:
			case <-timer.C:
				waiting = false
			case <-stop:
				waiting = false
			}
		} else {
			// Something moved while the fetch was entering the lists.
			select {
			case <-timer.C:
				waiting = false
			default:
			}
		}
		f.leave()
		f.releaseSlices()
		bytes, urgent = f.read()
	}
	f.waited = time.Since(begin)
	f.keepReported()
}

// WaitingFetches is how many fetches of consumers wait for data now.
func (s *Set) WaitingFetches() int { return int(s.waitingFetches.Load()) }

// Waited is for how long Run has waited for data; 0 for followers.
func (f *Fetch) Waited() time.Duration { return f.waited }

func (f *Fetch) startTimer() *time.Timer {
	if f.timer == nil {
		f.timer = time.NewTimer(f.maxWait)
	} else {
		f.timer.Reset(f.maxWait)
	}
	return f.timer
}

// await enters the fetch into the lists of all partitions that were read. It
// reports false when one of them has moved since.
func (f *Fetch) await(bytes int) bool {
	select {
	case <-f.waiter.ch: // of an earlier wait
	default:
	}
	f.waiter.missing.Store(int64(f.minBytes - bytes))
	f.waits = resize(f.waits, len(f.Results))
	for i := range f.Results {
		r := &f.Results[i]
		f.waits[i] = fetchWait{w: &f.waiter, seenEnd: r.HighWatermark}
		if !r.Part.replica.await(&f.waits[i], r) {
			f.waits = f.waits[:i]
			return false
		}
	}
	return true
}

// leave takes the fetch out of all lists.
func (f *Fetch) leave() {
	for i := range f.waits {
		f.waits[i].leave()
	}
	f.waits = f.waits[:0]
}

package load

import (
	"sync"
	"sync/atomic"
	"time"
)

// CatchUp reads every partition from its start to its end, one connection each,
// and returns the number of answers and bytes.
func CatchUp(addr string, partitions, maxBytes int) (requests, bytes int, err error) {
	var r, n atomic.Int64
	errs := make([]error, partitions)
	var wg sync.WaitGroup
	for i := range partitions {
		wg.Go(func() {
			c, err := dial(addr)
			if err != nil {
				errs[i] = err
				return
			}
			defer c.Close()
			for offset, end := int64(0), int64(1); offset < end; {
				f, err := c.fetch(i, offset, maxBytes, 0)
				if err != nil {
					errs[i] = err
					return
				}
				r.Add(1)
				n.Add(int64(len(f.records)))
				offset, end = f.next(offset, nil), f.watermark
			}
		})
	}
	wg.Wait()
	return int(r.Load()), int(n.Load()), firstError(errs)
}

// CatchUpAt reads the partitions from their starts to their ends again and again, so
// many fetches a second together, until stop. A reader without a limit would take
// all the time there is, the more the less a fetch costs.
func CatchUpAt(addr string, partitions, maxBytes, perSecond int, stop chan struct{}) error {
	errs := make([]error, partitions)
	var wg sync.WaitGroup
	for i := range partitions {
		wg.Go(func() {
			errs[i] = catchUpAt(addr, i, maxBytes, time.Second*time.Duration(partitions)/time.Duration(perSecond), stop)
		})
	}
	wg.Wait()
	return firstError(errs)
}

func catchUpAt(addr string, partition, maxBytes int, interval time.Duration, stop chan struct{}) error {
	c, err := dial(addr)
	if err != nil {
		return err
	}
	defer c.Close()
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for offset := int64(0); ; {
		select {
		case <-stop:
			return nil
		case <-tick.C:
		}
		f, err := c.fetch(partition, offset, maxBytes, 0)
		if err != nil {
			return err
		}
		if offset = f.next(offset, nil); offset >= f.watermark || len(f.records) == 0 {
			offset = 0
		}
	}
}

// Tail has consumers wait at the end of partition 0 for single records that come
// at a fixed rate. During is called around the time in which they come; the
// number of answers within it is returned.
func Tail(addr string, consumers, perSecond int, d time.Duration, during func(produce func())) (answers int, err error) {
	c, err := dial(addr)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	f, err := c.fetch(0, 0, 1, 0)
	if err != nil {
		return 0, err
	}
	var count atomic.Int64
	var stop atomic.Bool
	errs := make([]error, consumers+1)
	var wg sync.WaitGroup
	for i := range consumers {
		wg.Go(func() { errs[i] = tailOne(addr, f.watermark, &count, &stop) })
	}
	time.Sleep(100 * time.Millisecond) // until all of them wait
	before := count.Load()
	during(func() { errs[consumers] = c.produceAtRate(perSecond, d) })
	n := count.Load() - before
	stop.Store(true)
	wg.Wait()
	return int(n), firstError(errs)
}

// tailOne fetches at the end of the log until stop.
func tailOne(addr string, offset int64, count *atomic.Int64, stop *atomic.Bool) error {
	c, err := dial(addr)
	if err != nil {
		return err
	}
	defer c.Close()
	for !stop.Load() {
		f, err := c.fetch(0, offset, 1<<20, 500)
		if err != nil {
			return err
		}
		count.Add(1)
		offset = f.next(offset, nil)
	}
	return nil
}

// produceAtRate sends single records of 100 bytes on a fixed schedule.
func (c *conn) produceAtRate(perSecond int, d time.Duration) error {
	request := produceRequest(0, Leader, Batch(1, 100))
	interval := time.Second / time.Duration(perSecond)
	begin := time.Now()
	for i := range int(d / interval) {
		time.Sleep(time.Until(begin.Add(time.Duration(i) * interval)))
		if err := c.produce(request); err != nil {
			return err
		}
	}
	return nil
}

// Idle opens connections, has each send one Produce and one Fetch, and keeps
// them open while during runs.
func Idle(addr string, count int, during func()) error {
	conns := make([]*conn, 0, count)
	defer func() {
		for _, c := range conns {
			c.Close()
		}
	}()
	request := produceRequest(0, Leader, Batch(1, 100))
	for range count {
		c, err := dial(addr)
		if err != nil {
			return err
		}
		conns = append(conns, c)
		if err := c.produce(request); err != nil {
			return err
		}
		if _, err := c.fetch(0, 0, 1000, 0); err != nil {
			return err
		}
		c.buf = nil
	}
	during()
	return nil
}

package load

import (
	"io"
	"net"
	"sync"
	"time"
)

// late is how far behind its schedule a request may be sent and still be timed
// from when it was sent: the sender's own timer is no better. A later one was held
// up by the answers before it, and is timed from its schedule.
const late = time.Millisecond

// pace calls f at a fixed rate for a while and returns how long each call took,
// and when each was due.
func pace(perSecond int, d time.Duration, f func() error) (times []time.Duration, due []time.Time, err error) {
	interval := time.Second / time.Duration(perSecond)
	count := int(d / interval)
	times, due = make([]time.Duration, 0, count), make([]time.Time, 0, count)
	begin := time.Now()
	for i := range count {
		scheduled := begin.Add(time.Duration(i) * interval)
		time.Sleep(time.Until(scheduled))
		sent := time.Now()
		if sent.Sub(scheduled) > late {
			sent = scheduled
		}
		if err := f(); err != nil {
			return times, due, err
		}
		times, due = append(times, time.Since(sent)), append(due, sent)
	}
	return times, due, nil
}

// Latency is what a load at a fixed rate saw.
type Latency struct {
	Produce  []time.Duration // from sending a record to its answer
	EndToEnd []time.Duration // … to its arrival at a consumer that waits
	Echo     []time.Duration // the same bytes to a TCP echo and back, in the same seconds
}

// Paced sends single records of size bytes to partition 0 at a fixed rate, one at a
// time, while consumers wait at its end, and beside each record as many bytes to a
// TCP echo.
func Paced(addr string, acks int16, perSecond, size, consumers int, d time.Duration) (l Latency, err error) {
	c, err := dial(addr)
	if err != nil {
		return l, err
	}
	defer c.Close()
	echo, err := dialEcho()
	if err != nil {
		return l, err
	}
	defer echo.Close()
	request := produceRequest(0, acks, Batch(1, size))
	first, err := c.ask(request)
	if err == nil {
		err = checkProduced(first)
	}
	if err != nil {
		return l, err
	}
	end := producedAt(first) + 1
	arrivals := make([][]time.Time, consumers)
	stop := make(chan struct{})
	errs := make([]error, consumers+2)
	var reading, sending sync.WaitGroup
	for i := range consumers {
		reading.Go(func() { arrivals[i], errs[i] = arrive(addr, end, stop) })
	}
	time.Sleep(100 * time.Millisecond) // until all of them wait
	var due []time.Time
	sending.Go(func() {
		l.Produce, due, errs[consumers] = pace(perSecond, d, func() error { return c.produce(request) })
	})
	sending.Go(func() {
		time.Sleep(time.Second / time.Duration(perSecond) / 2) // between two records
		l.Echo, _, errs[consumers+1] = pace(perSecond, d, func() error { return roundTrip(echo, request) })
	})
	sending.Wait()
	close(stop)
	reading.Wait()
	for _, at := range arrivals {
		for i := range min(len(at), len(due)) {
			l.EndToEnd = append(l.EndToEnd, at[i].Sub(due[i]))
		}
	}
	return l, firstError(errs)
}

// arrive waits at the end of partition 0 and returns when each record after offset
// came.
func arrive(addr string, offset int64, stop chan struct{}) (at []time.Time, err error) {
	c, err := dial(addr)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	for {
		f, err := c.fetch(0, offset, 1<<20, 100)
		if err != nil {
			return at, err
		}
		now := time.Now()
		next := f.next(offset, nil)
		for ; offset < next; offset++ {
			at = append(at, now)
		}
		select {
		case <-stop:
			return at, nil
		default:
		}
	}
}

// dialEcho connects to a TCP echo of its own, which ends with the connection.
func dialEcho() (net.Conn, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	go func() {
		defer l.Close()
		if c, err := l.Accept(); err == nil {
			_, _ = io.Copy(onlyWriter{c}, c) // until the other end closes
			_ = c.Close()
		}
	}()
	return net.Dial("tcp", l.Addr().String())
}

// onlyWriter keeps io.Copy from splicing, which a broker cannot do either.
type onlyWriter struct{ io.Writer }

func roundTrip(c net.Conn, b []byte) error {
	if _, err := c.Write(b); err != nil {
		return err
	}
	_, err := io.ReadFull(c, make([]byte, len(b)))
	return err
}

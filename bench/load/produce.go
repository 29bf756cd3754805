package load

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// Produce describes a load of Produce requests with one batch each.
type Produce struct {
	Conns    int
	InFlight int // requests per connection
	Records  int // per batch
	Size     int // of a record
	Bytes    int // in total, in batches
	Acks     int16
}

// What a produce waits for.
const (
	Leader int16 = 1
	All    int16 = -1
)

// groupBytes is how much of small requests goes out in one write.
const groupBytes = 16 << 10

// Run sends the load, spread over the partitions by connection, and returns the
// number of requests and of bytes in batches.
func (p Produce) Run(addr string, partitions int) (requests, bytes int, err error) {
	if p.Acks == 0 {
		panic("BUG: a load waits for answers, and acks=0 has none")
	}
	batch := Batch(p.Records, p.Size)
	each := p.Bytes / len(batch) / p.Conns
	errs := make([]error, p.Conns)
	var wg sync.WaitGroup
	for i := range p.Conns {
		wg.Go(func() { errs[i] = p.runConn(addr, produceRequest(i%partitions, p.Acks, batch), each) })
	}
	wg.Wait()
	return each * p.Conns, each * p.Conns * len(batch), firstError(errs)
}

func firstError(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// runConn keeps InFlight requests under way.
func (p Produce) runConn(addr string, request []byte, count int) error {
	c, err := dial(addr)
	if err != nil {
		return err
	}
	defer c.Close()
	group := 1
	for group*len(request) < groupBytes && group < p.InFlight {
		group++
	}
	var several []byte
	for range group {
		several = append(several, request...)
	}
	answered := make(chan int, p.InFlight+1)
	failed := make(chan error, 1)
	go func() {
		failed <- c.countAnswers(count, answered)
		close(answered)
	}()
	out := 0
	for sent := 0; sent < count; {
		for out > 0 && out+group > p.InFlight {
			n, open := <-answered
			if !open {
				return <-failed
			}
			out -= n
		}
		n := min(group, count-sent)
		if _, err := c.Write(several[:n*len(request)]); err != nil {
			return err
		}
		sent += n
		out += n
	}
	for range answered {
	}
	return <-failed
}

// countAnswers reads count answers and tells how many came with each read.
func (c *conn) countAnswers(count int, answered chan<- int) error {
	have := 0
	for done := 0; done < count; {
		n, err := c.Read(c.buf[have:])
		if err != nil {
			return err
		}
		have += n
		at, got := 0, 0
		for have-at >= 4 && have-at >= 4+int(be.Uint32(c.buf[at:])) {
			size := 4 + int(be.Uint32(c.buf[at:]))
			if err := checkProduced(c.buf[at+4 : at+size]); err != nil {
				return err
			}
			at += size
			got++
		}
		copy(c.buf, c.buf[at:have])
		have -= at
		done += got
		if got > 0 {
			answered <- got
		}
	}
	return nil
}

// RoundTrips sends single records one after the other for a while and returns how
// long each took.
func RoundTrips(addr string, acks int16, size int, d time.Duration) (times []time.Duration, err error) {
	c, err := dial(addr)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	request := produceRequest(0, acks, Batch(1, size))
	times = make([]time.Duration, 0, 1<<18)
	begin := time.Now()
	for end := begin.Add(d); begin.Before(end); {
		if err := c.produce(request); err != nil {
			return times, err
		}
		now := time.Now()
		times = append(times, now.Sub(begin))
		begin = now
	}
	return times, nil
}

// Keyed writes records with random keys, in batches of 100 values of 100 bytes, to
// partition 0.
func Keyed(addr string, records, keys int) error {
	c, err := dial(addr)
	if err != nil {
		return err
	}
	defer c.Close()
	random := rand.New(rand.NewPCG(1, uint64(keys)))
	value := make([]byte, 100)
	var key []byte
	send := c.produceSoon // the topic may be new
	for range records / 100 {
		b := newBatch(100)
		for i := range 100 {
			for at := 0; at < len(value); at += 4 {
				be.PutUint32(value[at:], random.Uint32())
			}
			key = fmt.Appendf(key[:0], "key-%08d", random.IntN(keys))
			b.add(i, key, value)
		}
		if err := send(produceRequest(0, Leader, b.seal())); err != nil {
			return err
		}
		send = c.produce
	}
	return nil
}

// Spread writes batches of 16 records of 1,000 bytes to all partitions in turn.
func Spread(addr string, partitions, bytes int) error {
	c, err := dial(addr)
	if err != nil {
		return err
	}
	defer c.Close()
	batch := Batch(16, 1000)
	for i := range bytes / len(batch) {
		if err := c.produce(produceRequest(i%partitions, Leader, batch)); err != nil {
			return err
		}
	}
	return nil
}

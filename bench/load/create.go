package load

import (
	"fmt"
	"time"
)

// formTimeout is how long the brokers of a cluster may take to find each other.
const formTimeout = 30 * time.Second

// Create creates the topic with replicas on so many brokers, as soon as they are
// there and no topic of its name is any more, and returns when it can be written to.
func Create(addr string, partitions, replicas int) error {
	c, err := dial(addr)
	if err != nil {
		return err
	}
	defer c.Close()
	for deadline := time.Now().Add(formTimeout); ; time.Sleep(10 * time.Millisecond) {
		b, err := c.ask(createRequest(partitions, replicas))
		if err != nil {
			return err
		}
		code := be.Uint16(b[4+4+4+2+len(Topic):])
		if code == 0 {
			break
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("create was answered with error code %d", int16(code))
		}
	}
	return Await(addr, partitions)
}

// Await returns when every partition has taken a record that all replicas have.
func Await(addr string, partitions int) error {
	c, err := dial(addr)
	if err != nil {
		return err
	}
	defer c.Close()
	for p := range partitions {
		if err := c.firstAck(p); err != nil {
			return err
		}
	}
	return nil
}

// firstAckTimeout is how long a start may take until the topic is led.
const firstAckTimeout = 3 * time.Minute

// firstAck writes one record as soon as the partition takes it.
func (c *conn) firstAck(partition int) error {
	return c.produceSoon(produceRequest(partition, All, Batch(1, 100)))
}

// produceSoon sends a request until the partition takes it.
func (c *conn) produceSoon(request []byte) error {
	for deadline := time.Now().Add(firstAckTimeout); ; {
		err := c.produce(request)
		if err == nil || time.Now().After(deadline) {
			return err
		}
		time.Sleep(100 * time.Microsecond)
	}
}

// FirstAck connects as soon as somebody listens, has the topic created by asking
// for its metadata if auto is set, and returns when the first record is
// acknowledged.
func FirstAck(addr string, auto bool) error {
	c, err := dialSoon(addr)
	if err != nil {
		return err
	}
	defer c.Close()
	if auto {
		if _, err := c.ask(metadataRequest()); err != nil {
			return err
		}
	}
	return c.firstAck(0)
}

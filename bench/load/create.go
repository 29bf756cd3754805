package load

import (
	"fmt"
	"time"
)

// Create creates the topic and returns when it can be written to.
func Create(addr string, partitions int) error {
	c, err := dial(addr)
	if err != nil {
		return err
	}
	defer c.Close()
	b, err := c.ask(createRequest(partitions))
	if err != nil {
		return err
	}
	if code := be.Uint16(b[4+4+4+2+len(Topic):]); code != 0 {
		return fmt.Errorf("create was answered with error code %d", int16(code))
	}
	for p := range partitions {
		if err := c.firstAck(p); err != nil {
			return err
		}
	}
	return nil
}

// firstAckTimeout is how long a new topic may take until it is led.
const firstAckTimeout = 10 * time.Second

// firstAck writes one record as soon as the partition takes it.
func (c *conn) firstAck(partition int) error {
	request := produceRequest(partition, 1, Batch(1, 100))
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
	var c *conn
	for deadline := time.Now().Add(firstAckTimeout); c == nil; {
		var err error
		if c, err = dial(addr); err != nil && time.Now().After(deadline) {
			return err
		} else if err != nil {
			time.Sleep(100 * time.Microsecond)
		}
	}
	defer c.Close()
	if auto {
		if _, err := c.ask(metadataRequest()); err != nil {
			return err
		}
	}
	return c.firstAck(0)
}

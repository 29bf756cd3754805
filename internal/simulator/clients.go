package simulator

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// clients are everybody who uses the cluster in a run.
type clients struct {
	w         *world
	nextID    int32
	nextPID   int64
	nextValue int
	producers []*producer
	readers   []*reader
	admin     *admin

	keys           map[string]string // of values in the topic that is compacted
	groupPartition int32             // of __consumer_offsets, as a coordinator told
	nextCommit     int64
}

// client is one program with its idea of the cluster.
type client struct {
	w     *world
	id    int32 // of its machine
	rng   *rand.Rand
	image *metadata.Image
}

func (c *clients) client() client {
	id := firstClient + c.nextID
	c.nextID++
	return client{w: c.w, id: id, rng: c.w.rng(fmt.Sprint("client ", id)), image: metadata.Empty()}
}

// anyNode is a node to begin with.
func (c *client) anyNode() int32 { return 1 + int32(c.rng.IntN(len(c.w.nodes))) }

// refresh asks any node for its metadata.
func (c *client) refresh(then func()) {
	c.w.ask(c.id, nil, c.anyNode(), "metadata", requestLimit, func(p *process, reply func(any)) {
		if p.feed.published {
			reply(p.feed.image)
		}
	}, func(answer any, err error) {
		if image, ok := answer.(*metadata.Image); ok && image.EndOffset() >= c.image.EndOffset() {
			c.image = image
		}
		then()
	})
}

// partition is what the client believes about a partition, nil if it does not know it.
func (c *client) partition(topic string, number int32) (*metadata.Topic, *metadata.Partition) {
	t := c.image.TopicByName(topic)
	if t == nil {
		return nil, nil
	}
	return t, t.Partition(number)
}

func (c *client) pause(least, most time.Duration) time.Duration {
	return least + time.Duration(c.rng.Int64N(int64(most-least)))
}

// produced is the answer to a produce of one batch.
type produced struct {
	code   wire.ErrorCode
	offset int64
}

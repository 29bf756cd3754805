package txn

import (
	"fmt"
	"sync"
)

// Block is a range of producer ids that the controller gave to this broker.
type Block struct {
	First int64
	Count int32
}

// ProducerIDs hands out producer ids.
type ProducerIDs struct {
	allocate func() (Block, error)

	mu       sync.Mutex
	next     int64
	end      int64         // exclusive
	fetching chan struct{} // closed when the call under way has ended; nil without
	err      error         // of the last call
}

// NewProducerIDs returns a source that gets its blocks from allocate, which asks
// the controller and may block.
func NewProducerIDs(allocate func() (Block, error)) *ProducerIDs {
	return &ProducerIDs{allocate: allocate}
}

// Next returns an id that nobody has had. It blocks while a block is allocated.
// Errors are those of the controller; the caller may try again.
func (p *ProducerIDs) Next() (int64, error) {
	for {
		p.mu.Lock()
		if p.next < p.end {
			id := p.next
			p.next++
			p.mu.Unlock()
			return id, nil
		}
		if wait := p.fetching; wait != nil {
			p.mu.Unlock()
			<-wait
			if err := p.lastError(); err != nil {
				return -1, err
			}
			continue
		}
		p.fetching = make(chan struct{})
		p.mu.Unlock()
		if err := p.fetch(); err != nil {
			return -1, err
		}
	}
}

func (p *ProducerIDs) lastError() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// fetch gets a block and lets those go on who wait for it.
func (p *ProducerIDs) fetch() error {
	block, err := p.allocate()
	if err == nil && (block.First < 0 || block.Count <= 0) {
		err = fmt.Errorf("the controller gave the block %d+%d of producer ids", block.First, block.Count)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
	if err == nil {
		p.next, p.end = block.First, block.First+int64(block.Count)
	}
	close(p.fetching)
	p.fetching = nil
	return err
}

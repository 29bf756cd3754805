package floor

import (
	"errors"
	"hash/crc32"
	"io"
	"syscall"

	"github.com/brolga-io/brolga/bench/load"
)

// What a follower asks for: Kafka's replica.fetch.max.bytes and
// replica.fetch.wait.max.ms.
const (
	followMaxBytes = 1 << 20
	followWaitMs   = 500
)

// Follow copies all partitions of the leader into dir, as the follower with this
// number, 1 or more, over one connection each. It returns when the leader is gone.
func Follow(leader, dir string, partitions, follower int) error {
	parts, err := openPartitions(dir, partitions)
	if err != nil {
		return err
	}
	gone := make(chan error, 1)
	for i, p := range parts {
		go func() { gone <- load.Follow(leader, follower, i, followMaxBytes, followWaitMs, p.copy) }()
	}
	if err := <-gone; !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
		return err
	}
	return nil
}

// copy checks batches and appends them as they are.
func (p *partition) copy(records []byte) (next int64) {
	for at := 0; at < len(records); {
		b := records[at:]
		b = b[:12+be.Uint32(b[8:])]
		if crc32.Checksum(b[21:], castagnoli) != be.Uint32(b[17:]) || int64(be.Uint64(b)) != p.next {
			fail("a bad batch from the leader at %d", p.next)
		}
		p.next += int64(be.Uint32(b[23:])) + 1
		at += len(b)
	}
	if n, err := syscall.Pwrite(p.fd, records, p.size); err != nil || n != len(records) {
		fail("pwrite: %d of %d bytes, %v", n, len(records), err)
	}
	p.size += int64(len(records))
	return p.next
}

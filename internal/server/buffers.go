package server

import (
	"math/bits"
	"sync"
)

// Read and write buffers come in size classes of powers of two. Buffers above
// maxPooledBytes are left to the garbage collector: they are rare and would pin
// memory for nothing.
const (
	minClassBits   = 9  // 512 B
	maxClassBits   = 24 // 16 MiB
	readBufBytes   = 64 << 10
	maxPooledBytes = 1 << maxClassBits
)

// buffer is a pooled byte slice. The pointer is what travels through the pool,
// so returning one does not allocate.
type buffer struct {
	b []byte
}

// bufferPool hands out buffers by size class. It is safe for concurrent use.
type bufferPool struct {
	classes [maxClassBits + 1]sync.Pool
}

// classFor returns the smallest class that holds n bytes.
func classFor(n int) int {
	return max(bits.Len(uint(max(n, 1)-1)), minClassBits)
}

// get returns a buffer with len(b) = capacity ≥ n.
func (p *bufferPool) get(n int) *buffer {
	class := classFor(n)
	if class > maxClassBits {
		return &buffer{b: make([]byte, n)}
	}
	if v := p.classes[class].Get(); v != nil {
		return v.(*buffer)
	}
	return &buffer{b: make([]byte, 1<<class)}
}

// put returns a buffer. A slice that was grown by append goes to the class it
// fills completely.
func (p *bufferPool) put(buf *buffer) {
	c := cap(buf.b)
	if c < 1<<minClassBits || c > maxPooledBytes {
		return
	}
	buf.b = buf.b[:c]
	p.classes[bits.Len(uint(c))-1].Put(buf)
}

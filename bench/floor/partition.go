package floor

import (
	"os"
	"sort"
	"sync"
	"syscall"
	"unsafe"
)

// indexInterval is how many bytes lie between two entries of the index.
const indexInterval = 4096

type entry struct{ offset, pos int64 }

// partition is one file and what is needed to find offsets in it.
type partition struct {
	fd int

	mu      sync.Mutex
	next    int64 // offset
	size    int64
	index   []entry
	waiters []chan struct{}

	// Of a leader with followers.
	followers []int64 // where the next fetch of each begins
	watermark int64   // what all of them have
	held      []*conn // that wait for the watermark
}

func openPartition(name string) (*partition, error) {
	fd, err := syscall.Open(name, syscall.O_CREAT|syscall.O_RDWR|syscall.O_TRUNC, 0o644)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: name, Err: err}
	}
	return &partition{fd: fd}, nil
}

// append gives the batches their offsets and writes them with one call. vec is
// memory to use.
func (p *partition) append(staged []staged, vec []syscall.Iovec, out []byte) []syscall.Iovec {
	p.mu.Lock()
	pos := p.size
	vec = vec[:0]
	for i := range staged {
		s := &staged[i]
		be.PutUint64(s.batch, uint64(p.next))
		be.PutUint32(s.batch[12:], 0)
		be.PutUint64(out[s.offsetAt:], uint64(p.next))
		if n := len(p.index); n == 0 || pos-p.index[n-1].pos >= indexInterval {
			p.index = append(p.index, entry{p.next, pos})
		}
		p.next += s.count
		pos += int64(len(s.batch))
		vec = append(vec, syscall.Iovec{Base: &s.batch[0], Len: uint64(len(s.batch))})
	}
	p.write(vec, pos-p.size)
	p.size = pos
	waiters := p.waiters
	p.waiters = nil
	p.mu.Unlock()
	for _, w := range waiters {
		close(w)
	}
	return vec
}

func (p *partition) write(vec []syscall.Iovec, want int64) {
	n, _, errno := syscall.Syscall6(syscall.SYS_PWRITEV, uintptr(p.fd), uintptr(unsafe.Pointer(&vec[0])), uintptr(len(vec)), uintptr(p.size), 0, 0)
	if errno != 0 || int64(n) != want {
		fail("pwritev: %d of %d bytes, %v", n, want, errno)
	}
}

// end returns the next offset and the size.
func (p *partition) end() (next, size int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.next, p.size
}

// wait returns a channel that is closed by the next append, or nil if offset is
// there already.
func (p *partition) wait(offset int64) chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next > offset {
		return nil
	}
	w := make(chan struct{})
	p.waiters = append(p.waiters, w)
	return w
}

// locate returns the position of the batch that has offset.
func (p *partition) locate(offset int64) int64 {
	p.mu.Lock()
	index, size := p.index, p.size
	p.mu.Unlock()
	i := sort.Search(len(index), func(i int) bool { return index[i].offset > offset })
	pos := int64(0)
	if i > 0 {
		pos = index[i-1].pos
	}
	var head [27]byte
	for pos < size {
		if n, err := syscall.Pread(p.fd, head[:], pos); err != nil || n < len(head) {
			fail("pread at %d: %d bytes, %v", pos, n, err)
		}
		if int64(be.Uint64(head[:]))+int64(be.Uint32(head[23:])) >= offset {
			return pos
		}
		pos += int64(be.Uint32(head[8:])) + 12
	}
	return size
}

// cut returns the last index entry at most max bytes behind pos, or the end.
func (p *partition) cut(pos int64, max int64) (to, next int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.size-pos <= max {
		return p.size, p.next
	}
	i := sort.Search(len(p.index), func(i int) bool { return p.index[i].pos > pos+max })
	if i > 0 && p.index[i-1].pos > pos {
		return p.index[i-1].pos, p.index[i-1].offset
	}
	i = sort.Search(len(p.index), func(i int) bool { return p.index[i].pos > pos })
	if i == len(p.index) {
		return p.size, p.next
	}
	return p.index[i].pos, p.index[i].offset
}

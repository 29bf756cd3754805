package floor

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

var (
	be         = binary.BigEndian
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
)

// openPartitions makes the files of partitions partitions in dir.
func openPartitions(dir string, partitions int) ([]*partition, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	parts := make([]*partition, partitions)
	for i := range parts {
		var err error
		if parts[i], err = openPartition(filepath.Join(dir, fmt.Sprint("bench-", i))); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// Serve runs a broker of partitions partitions in dir until its listener fails.
// With followers, that many replicas have to have what acks=all waits for.
func Serve(l net.Listener, dir string, partitions, followers int) error {
	parts, err := openPartitions(dir, partitions)
	if err != nil {
		return err
	}
	for _, p := range parts {
		p.followers = make([]int64, followers)
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		k := &conn{c: c, parts: parts, buf: make([]byte, 64<<10), hintOffset: -1}
		go k.run()
	}
}

// staged is a batch whose answer is written but for its offset.
type staged struct {
	p        *partition
	batch    []byte
	count    int64
	offsetAt int // of the base offset in the answers
	size     int // of the answer
	all      bool
}

// conn is one connection with everything it reuses.
type conn struct {
	c      net.Conn
	parts  []*partition
	buf    []byte
	out    []byte
	staged []staged
	vec    []syscall.Iovec

	hintPart              *partition // where the last fetch ended
	hintOffset, hintStart int64

	waiting waiting // answers to acks=all
}

func (k *conn) run() {
	defer k.c.Close()
	have := 0
	for {
		n, err := k.c.Read(k.buf[have:])
		if err != nil {
			return
		}
		have += n
		at, need := k.process(have)
		copy(k.buf, k.buf[at:have])
		have -= at
		if need > len(k.buf) {
			bigger := make([]byte, need+need/4)
			copy(bigger, k.buf[:have])
			k.buf = bigger
		}
	}
}

// process takes all whole frames and returns where the rest begins and how long
// the frame is that has not arrived completely.
func (k *conn) process(have int) (at, need int) {
	for have-at >= 4 {
		size := 4 + int(be.Uint32(k.buf[at:]))
		if have-at < size {
			need = size
			break
		}
		frame := k.buf[at+4 : at+size]
		if be.Uint16(frame) == 0 {
			k.produce(frame)
		} else {
			k.flush()
			k.fetch(frame)
		}
		at += size
	}
	k.flush()
	return at, need
}

// flush appends what was staged, a run of batches for one partition at a time,
// and sends the answers.
func (k *conn) flush() {
	for i := 0; i < len(k.staged); {
		j := i + 1
		for j < len(k.staged) && k.staged[j].p == k.staged[i].p && j-i < 1000 {
			j++
		}
		k.vec = k.staged[i].p.append(k.staged[i:j], k.vec, k.out)
		i = j
	}
	if len(k.staged) > 0 && k.staged[0].all && len(k.staged[0].p.followers) > 0 {
		k.hold()
	}
	k.staged = k.staged[:0]
	k.send()
}

func (k *conn) send() {
	if len(k.out) > 0 {
		_, _ = k.c.Write(k.out) // the next read fails as well
		k.out = k.out[:0]
	}
}

// fail ends the process: a yardstick that broke measures nothing.
func fail(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "floor: "+format+"\n", args...)
	os.Exit(1)
}

package floor

import (
	"encoding/binary"
	"hash/crc32"
	"syscall"
	"time"
)

func uvarint(b []byte) (int, []byte) {
	v, n := binary.Uvarint(b)
	return int(v), b[n:]
}

// skipClientID cuts the request header off up to and including the client id.
func skipClientID(frame []byte) []byte {
	n := int(int16(be.Uint16(frame[8:])))
	return frame[10+max(n, 0):]
}

// produce stages the only batch of a Produce request, version 9.
func (k *conn) produce(frame []byte) {
	r := skipClientID(frame)[1:] // no tagged fields
	n, r := uvarint(r)
	r = r[max(n-1, 0):] // transactional id
	all := int16(be.Uint16(r)) == -1
	r = r[2+4:]       // acks, timeout
	_, r = uvarint(r) // one topic
	n, r = uvarint(r)
	name := r[:n-1]
	_, r = uvarint(r[n-1:]) // one partition
	index := be.Uint32(r)
	n, r = uvarint(r[4:])
	batch := r[:n-1]
	if int(be.Uint32(batch[8:]))+12 != len(batch) || batch[16] != 2 ||
		crc32.Checksum(batch[21:], castagnoli) != be.Uint32(batch[17:]) {
		fail("a bad batch")
	}
	start := len(k.out)
	at := k.answerProduce(frame[4:8], name, index)
	k.staged = append(k.staged, staged{
		p: k.parts[index], batch: batch, count: int64(be.Uint32(batch[23:])) + 1,
		offsetAt: at, size: len(k.out) - start, all: all,
	})
}

// answerProduce appends the answer and returns where its base offset goes.
func (k *conn) answerProduce(correlation, name []byte, index uint32) int {
	start := len(k.out)
	o := append(k.out, 0, 0, 0, 0)
	o = append(o, correlation...)
	o = append(o, 0, 2, byte(len(name)+1))
	o = append(o, name...)
	o = be.AppendUint32(append(o, 2), index)
	o = append(o, 0, 0) // no error
	at := len(o)
	o = be.AppendUint64(o, 0)          // base offset
	o = be.AppendUint64(o, ^uint64(0)) // log append time
	o = be.AppendUint64(o, 0)          // log start offset
	o = append(o, 1, 0, 0, 0)          // record errors, message, tags
	o = append(o, 0, 0, 0, 0, 0)       // throttle time, tags
	be.PutUint32(o[start:], uint32(len(o)-start-4))
	k.out = o
	return at
}

// fetch answers a Fetch request, version 11, for one partition.
func (k *conn) fetch(frame []byte) {
	r := skipClientID(frame)
	replica := int(int32(be.Uint32(r)))
	wait := time.Duration(be.Uint32(r[4:])) * time.Millisecond
	maxBytes := int64(be.Uint32(r[12:]))
	r = r[4+4+4+4+1+4+4+4:]
	n := int(be.Uint16(r))
	name := r[2 : 2+n]
	r = r[2+n+4:]
	index := be.Uint32(r)
	offset := int64(be.Uint64(r[8:]))
	maxBytes = min(maxBytes, int64(be.Uint32(r[24:])))
	p := k.parts[index]
	if replica > 0 {
		p.followed(replica, offset)
	}
	k.awaitData(p, offset, wait)
	end, _ := p.end()
	pos, to := int64(0), int64(0)
	if offset < end {
		pos = k.position(p, offset)
		var next int64
		to, next = p.cut(pos, maxBytes)
		k.hintPart, k.hintOffset, k.hintStart = p, next, to
	}
	k.answerFetch(frame[4:8], name, index, end, p, pos, int(to-pos))
}

func (k *conn) awaitData(p *partition, offset int64, wait time.Duration) {
	if wait <= 0 {
		return
	}
	if w := p.wait(offset); w != nil {
		timer := time.NewTimer(wait)
		select {
		case <-w:
		case <-timer.C:
		}
		timer.Stop()
	}
}

func (k *conn) position(p *partition, offset int64) int64 {
	if k.hintPart == p && k.hintOffset == offset {
		return k.hintStart
	}
	return p.locate(offset)
}

// answerFetch sends n bytes of the partition from pos behind the answer's head,
// in one write.
func (k *conn) answerFetch(correlation, name []byte, index uint32, end int64, p *partition, pos int64, n int) {
	o := append(k.out[:0], 0, 0, 0, 0)
	o = append(o, correlation...)
	o = append(o, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) // throttle time, error, session
	o = be.AppendUint32(o, 1)
	o = be.AppendUint16(o, uint16(len(name)))
	o = append(o, name...)
	o = be.AppendUint32(o, 1)
	o = be.AppendUint32(o, index)
	o = append(o, 0, 0)
	o = be.AppendUint64(o, uint64(end)) // high watermark
	o = be.AppendUint64(o, uint64(end)) // last stable offset
	o = be.AppendUint64(o, 0)           // log start offset
	o = be.AppendUint32(o, ^uint32(0))  // aborted transactions
	o = be.AppendUint32(o, ^uint32(0))  // preferred replica
	o = be.AppendUint32(o, uint32(n))
	head := len(o)
	be.PutUint32(o, uint32(head+n-4))
	if cap(o) < head+n {
		o = append(make([]byte, 0, head+n+n/8), o...)
	}
	o = o[:head+n]
	if m, err := syscall.Pread(p.fd, o[head:], pos); n > 0 && (err != nil || m != n) {
		fail("pread: %d of %d bytes, %v", m, n, err)
	}
	k.out = o
	k.send()
}

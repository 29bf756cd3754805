package load

import (
	"encoding/binary"
	"hash/crc32"
	"time"
)

var be = binary.BigEndian

// Topic is the topic that is written and read.
const Topic = "bench"

// Batch encodes records of size bytes each, incompressible and without keys.
func Batch(records, size int) []byte {
	value := make([]byte, size)
	state := uint32(1)
	for i := range value {
		state = state*1664525 + 1013904223
		value[i] = byte(state >> 24)
	}
	b := newBatch(records)
	for i := range records {
		b.add(i, nil, value)
	}
	return b.seal()
}

// batch is a record batch being put together.
type batch struct {
	bytes, body []byte
}

func newBatch(records int) *batch {
	b := make([]byte, 61, 61+records*128)
	now := uint64(time.Now().UnixMilli())
	none := ^uint64(0)
	be.PutUint32(b[12:], 0xffffffff) // leader epoch
	b[16] = 2
	be.PutUint32(b[23:], uint32(records-1))
	be.PutUint64(b[27:], now)
	be.PutUint64(b[35:], now)
	be.PutUint64(b[43:], none) // producer id, epoch, sequence
	be.PutUint16(b[51:], 0xffff)
	be.PutUint32(b[53:], 0xffffffff)
	be.PutUint32(b[57:], uint32(records))
	return &batch{bytes: b}
}

// add appends record number i; a nil key is none.
func (b *batch) add(i int, key, value []byte) {
	body := append(b.body[:0], 0, 0) // attributes, timestamp
	body = binary.AppendVarint(body, int64(i))
	if key == nil {
		body = binary.AppendVarint(body, -1)
	} else {
		body = append(binary.AppendVarint(body, int64(len(key))), key...)
	}
	body = append(binary.AppendVarint(body, int64(len(value))), value...)
	b.body = append(body, 0) // no headers
	b.bytes = binary.AppendVarint(b.bytes, int64(len(b.body)))
	b.bytes = append(b.bytes, b.body...)
}

func (b *batch) seal() []byte {
	be.PutUint32(b.bytes[8:], uint32(len(b.bytes)-12))
	be.PutUint32(b.bytes[17:], crc32.Checksum(b.bytes[21:], crc32.MakeTable(crc32.Castagnoli)))
	return b.bytes
}

// head begins a frame: length, key, version, correlation id, client id.
func head(key, version int16) []byte {
	b := be.AppendUint16(make([]byte, 4), uint16(key))
	b = be.AppendUint16(b, uint16(version))
	return append(b, 0, 0, 0, 0, 0, 4, 'l', 'o', 'a', 'd')
}

func seal(b []byte) []byte {
	be.PutUint32(b, uint32(len(b)-4))
	return b
}

// produceRequest encodes Produce version 9.
func produceRequest(partition int, acks int16, batch []byte) []byte {
	b := append(head(0, 9), 0, 0) // tags, transactional id
	b = be.AppendUint16(b, uint16(acks))
	b = be.AppendUint32(b, 30_000)
	b = append(b, 2, byte(len(Topic)+1))
	b = append(append(b, Topic...), 2)
	b = be.AppendUint32(b, uint32(partition))
	b = binary.AppendUvarint(b, uint64(len(batch)+1))
	return seal(append(append(b, batch...), 0, 0, 0))
}

// produceError returns the error code of an answer without its length.
func produceError(b []byte) int16 {
	return int16(be.Uint16(b[4+1+1+1+len(Topic)+1+4:]))
}

// producedAt returns the offset in an answer without its length.
func producedAt(b []byte) int64 {
	return int64(be.Uint64(b[4+1+1+1+len(Topic)+1+4+2:]))
}

// consumer is the replica id of those that are none.
const consumer = -1

// fetchRequest encodes Fetch version 11, without a session.
func fetchRequest(replica, partition int, offset int64, maxBytes, waitMs int) []byte {
	b := be.AppendUint32(head(1, 11), uint32(replica))
	b = be.AppendUint32(b, uint32(waitMs))
	b = be.AppendUint32(b, 1)
	b = be.AppendUint32(b, 50<<20)
	b = append(b, 0, 0, 0, 0, 0)       // isolation level, session id
	b = be.AppendUint32(b, ^uint32(0)) // session epoch
	b = be.AppendUint32(b, 1)
	b = be.AppendUint16(b, uint16(len(Topic)))
	b = be.AppendUint32(append(b, Topic...), 1)
	b = be.AppendUint32(b, uint32(partition))
	b = be.AppendUint32(b, ^uint32(0)) // leader epoch
	b = be.AppendUint64(b, uint64(offset))
	b = be.AppendUint64(b, ^uint64(0)) // log start offset
	b = be.AppendUint32(b, uint32(maxBytes))
	return seal(append(b, 0, 0, 0, 0, 0, 0)) // nothing forgotten, no rack
}

// createRequest encodes CreateTopics version 2 for the topic, whose partitions have
// replicas on the brokers 1 to replicas and are all led by the first.
func createRequest(partitions, replicas int) []byte {
	b := be.AppendUint32(head(19, 2), 1)
	b = be.AppendUint16(b, uint16(len(Topic)))
	b = be.AppendUint32(append(b, Topic...), ^uint32(0)) // what the assignment says
	b = be.AppendUint16(b, 0xffff)
	b = be.AppendUint32(b, uint32(partitions))
	for p := range partitions {
		b = be.AppendUint32(b, uint32(p))
		b = be.AppendUint32(b, uint32(replicas))
		for id := range replicas {
			b = be.AppendUint32(b, uint32(id+1))
		}
	}
	b = append(b, 0, 0, 0, 0) // no configs
	return seal(append(be.AppendUint32(b, 30_000), 0))
}

// metadataRequest encodes Metadata version 4, which creates the topic if it is
// not there.
func metadataRequest() []byte {
	b := be.AppendUint32(head(3, 4), 1)
	b = be.AppendUint16(b, uint16(len(Topic)))
	return seal(append(append(b, Topic...), 1))
}

package cli

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/brolga-io/brolga/internal/batch"
)

// Message formats 0 and 1 were written until Kafka 0.11; segments of that age
// may still lie on a disk. Each "batch" is one message, which has others in its
// value where it is compressed.

// legacyMessage is one message of format 0 or 1.
type legacyMessage struct {
	offset     int64
	crc        uint32
	magic      int8
	attributes int8
	timestamp  int64
	key, value []byte
	valid      bool
}

// legacyHeaderSize is what stands before the key, with offset and size.
func legacyHeaderSize(magic int8) int {
	if magic == 0 {
		return 18
	}
	return 26
}

func parseLegacy(raw []byte) (*legacyMessage, error) {
	m := &legacyMessage{
		offset:     int64(binary.BigEndian.Uint64(raw)),
		crc:        binary.BigEndian.Uint32(raw[batchLogOverhead:]),
		magic:      int8(raw[batchMagicAt]),
		attributes: int8(raw[batchMagicAt+1]),
		timestamp:  legacyTimestamp(raw),
		valid:      crc32.ChecksumIEEE(raw[batchMagicAt:]) == binary.BigEndian.Uint32(raw[batchLogOverhead:]),
	}
	rest := raw[min(len(raw), legacyHeaderSize(m.magic)):]
	var ok bool
	if m.key, rest, ok = cutLegacyBytes(rest); ok {
		m.value, _, ok = cutLegacyBytes(rest)
	}
	if !ok {
		return nil, fmt.Errorf("a message of format %d is cut short", m.magic)
	}
	return m, nil
}

func legacyTimestamp(raw []byte) int64 {
	if raw[batchMagicAt] == 0 || len(raw) < 26 {
		return batch.NoTimestamp
	}
	return int64(binary.BigEndian.Uint64(raw[18:]))
}

// cutLegacyBytes reads a length and that many bytes; -1 is null.
func cutLegacyBytes(b []byte) (field, rest []byte, ok bool) {
	if len(b) < 4 {
		return nil, nil, false
	}
	n := int64(int32(binary.BigEndian.Uint32(b)))
	b = b[4:]
	if n < 0 {
		return nil, b, true
	}
	if n > int64(len(b)) {
		return nil, nil, false
	}
	return b[:n:n], b[n:], true
}

func (m *legacyMessage) codec() batch.Codec { return batch.Codec(m.attributes & 7) }

func (m *legacyMessage) timestampType() string {
	switch {
	case m.magic == 0:
		return "NoTimestampType"
	case m.attributes&8 != 0:
		return "LogAppendTime"
	}
	return "CreateTime"
}

func (p *recordPrinter) legacyBatch(b *storedBatch) error {
	m, err := parseLegacy(b.raw)
	if err != nil {
		return corruptRecord(b, err)
	}
	p.env.outf("offset: %d position: %d %s: %d size: %d magic: %d compresscodec: %s crc: %d isvalid: %t\n", m.offset, b.position,
		m.timestampType(), m.timestamp, len(b.raw), m.magic, m.codec(), m.crc, m.valid)
	if !p.records {
		return nil
	}
	inner, err := m.messages()
	if err != nil {
		return corruptRecord(b, err)
	}
	for _, message := range inner {
		if err := p.legacyRecord(message); err != nil {
			return err
		}
	}
	return nil
}

// messages returns the message itself or, where it is compressed, those inside.
// From format 1 on the inner offsets are relative and the outer one is the last.
func (m *legacyMessage) messages() ([]*legacyMessage, error) {
	if m.codec() == batch.None {
		return []*legacyMessage{m}, nil
	}
	compressed := m.value
	if m.magic == 0 && m.codec() == batch.LZ4 {
		compressed = fixLZ4Header(compressed)
	}
	raw, err := batch.Decompress(m.codec(), compressed, batch.OutputCap(len(compressed)))
	if err != nil {
		return nil, err
	}
	var inner []*legacyMessage
	for len(raw) >= batchPrefixSize {
		size := int64(int32(binary.BigEndian.Uint32(raw[8:])))
		if size < smallestRecordSize || size > int64(len(raw)-batchLogOverhead) {
			return nil, fmt.Errorf("an inner message of %d bytes", size)
		}
		message, err := parseLegacy(raw[:batchLogOverhead+size])
		if err != nil {
			return nil, err
		}
		inner = append(inner, message)
		raw = raw[batchLogOverhead+size:]
	}
	for i, message := range inner {
		if m.magic > 0 {
			message.offset = m.offset - int64(len(inner)-1-i)
		}
		if m.attributes&8 != 0 {
			message.timestamp = m.timestamp
		}
	}
	return inner, nil
}

func (p *recordPrinter) legacyRecord(m *legacyMessage) error {
	p.follow(m.offset)
	prefix := " "
	if p.skipMetadata {
		prefix = "| "
	} else {
		p.env.outf("| offset: %d %s: %d keySize: %d valueSize: %d isValid: %t crc: %d", m.offset, m.timestampType(), m.timestamp,
			sizeOrMinusOne(m.key), sizeOrMinusOne(m.value), m.valid, m.crc)
	}
	if p.contents {
		if err := p.recordContents(&batch.Record{Offset: m.offset, Timestamp: m.timestamp, Key: m.key, Value: m.value}, prefix); err != nil {
			return err
		}
	}
	p.env.outln("")
	return nil
}

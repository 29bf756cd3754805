package cli

import (
	"strings"

	"github.com/brolga-io/brolga/internal/batch"
)

// recordText is what a decoder made of a record; nil means nothing to print.
type recordText struct{ key, value *string }

// recordParser turns the key and value of a record into text.
type recordParser func(r *batch.Record) (recordText, error)

func (p *recordPrinter) batchRecords(h *batch.Header, b *storedBatch) error {
	if err := p.reader.Reset(b.raw, batch.OutputCap(len(b.raw))); err != nil {
		return corruptRecord(b, err)
	}
	for p.reader.Next() {
		r := p.reader.Record()
		if h.LogAppendTime() {
			r.Timestamp = h.MaxTimestamp
		}
		if err := p.record(h, &r); err != nil {
			return err
		}
	}
	if err := p.reader.Err(); err != nil {
		return corruptRecord(b, err)
	}
	return nil
}

// follow notes where the offsets have a gap.
func (p *recordPrinter) follow(offset int64) {
	if offset != p.last+1 {
		p.gaps.add(p.file, p.last, offset)
	}
	p.last = offset
}

func (p *recordPrinter) record(h *batch.Header, r *batch.Record) error {
	p.follow(r.Offset)
	prefix := " "
	if p.skipMetadata {
		prefix = "| "
	} else if err := p.recordMetadata(h, r); err != nil {
		return err
	}
	if p.contents && !h.IsControl() {
		if err := p.recordContents(r, prefix); err != nil {
			return err
		}
	}
	p.env.outln("")
	return nil
}

func (p *recordPrinter) recordMetadata(h *batch.Header, r *batch.Record) error {
	sequence := int32(-1)
	if h.BaseSequence >= 0 {
		sequence = batch.IncrementSequence(h.BaseSequence, int32(r.Offset-h.BaseOffset))
	}
	keys := make([]string, len(r.Headers))
	for i, header := range r.Headers {
		keys[i] = string(header.Key)
	}
	p.env.outf("| offset: %d %s: %d keySize: %d valueSize: %d sequence: %d headerKeys: [%s]", r.Offset, timestampType(h), r.Timestamp,
		sizeOrMinusOne(r.Key), sizeOrMinusOne(r.Value), sequence, strings.Join(keys, ","))
	if !h.IsControl() {
		return nil
	}
	text, err := controlText(r)
	p.env.outf("%s", text)
	return err
}

func sizeOrMinusOne(b []byte) int {
	if b == nil {
		return -1
	}
	return len(b)
}

func (p *recordPrinter) recordContents(r *batch.Record, prefix string) error {
	text, err := p.parser(r)
	if err != nil {
		return err
	}
	if text.key != nil {
		p.env.outf("%skey: %s", prefix, *text.key)
		prefix = " "
	}
	if text.value != nil {
		p.env.outf("%spayload: %s", prefix, *text.value)
	}
	return nil
}

package cli

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/brolga-io/brolga/internal/batch"
)

// dumpSegment prints the batches of a segment or of a snapshot of the metadata.
func (d *dump) dumpSegment(file string) error {
	err := d.forSegments()
	if err == nil {
		err = d.printSegmentTitle(file)
	}
	if err != nil {
		return err
	}
	segment, err := openSegment(file)
	if err != nil {
		return err
	}
	defer segment.Close()
	scan := segment.scan(0, d.maxBytes)
	printer := &recordPrinter{dump: d, file: absolutePath(file), last: -1}
	for {
		b, err := scan.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := printer.batch(b); err != nil {
			return err
		}
	}
	if left := segment.size - scan.at; left > 0 && !d.limited() {
		d.env.outf("Found %d invalid bytes at the end of %s\n", left, filepath.Base(file))
	}
	return nil
}

func (d *dump) printSegmentTitle(file string) error {
	name := filepath.Base(file)
	if strings.HasSuffix(name, ".log") {
		base, err := baseOffset(file)
		if err == nil {
			d.env.outf("Log starting offset: %d\n", base)
		}
		return err
	}
	if name == "bootstrap.checkpoint" {
		d.env.outln("KRaft bootstrap snapshot")
		return nil
	}
	const offsetDigits, epochDigits = 20, 10
	padded := name + strings.Repeat(" ", offsetDigits+1+epochDigits)
	offsetText, epochText := padded[:offsetDigits], padded[offsetDigits+1:offsetDigits+1+epochDigits]
	offset, err := strconv.ParseInt(offsetText, 10, 64)
	if err != nil {
		return numberFormat(offsetText)
	}
	epoch, err := parseInt32(epochText)
	if err == nil {
		d.env.outf("Snapshot end offset: %d, epoch: %d\n", offset, epoch)
	}
	return err
}

// recordPrinter prints the batches of one file.
type recordPrinter struct {
	*dump
	file   string
	last   int64 // offset of the record before
	reader batch.Reader
}

func (p *recordPrinter) batch(b *storedBatch) error {
	if b.magic() < batch.Magic {
		return p.legacyBatch(b)
	}
	h, err := batch.ParseHeader(b.raw)
	if err != nil {
		return corruptRecord(b, err)
	}
	p.env.outf("baseOffset: %d lastOffset: %d count: %d baseSequence: %d lastSequence: %d producerId: %d producerEpoch: %d"+
		" partitionLeaderEpoch: %d isTransactional: %t isControl: %t deleteHorizonMs: %s",
		h.BaseOffset, h.LastOffset(), h.Count, h.BaseSequence, h.LastSequence(), h.ProducerID, h.ProducerEpoch,
		h.PartitionLeaderEpoch, h.IsTransactional(), h.IsControl(), optionalLong(h.BaseTimestamp, h.HasDeleteHorizon()))
	p.env.outf(" position: %d %s: %d size: %d magic: %d compresscodec: %s crc: %d isvalid: %t\n",
		b.position, timestampType(&h), h.MaxTimestamp, len(b.raw), h.Magic, h.Codec(), h.CRC, batch.CheckCRC(b.raw))
	if !p.records {
		return nil
	}
	return p.batchRecords(&h, b)
}

func corruptRecord(b *storedBatch, err error) error {
	return &exception{class: errorsPackage + "CorruptRecordException", text: fmt.Sprintf("The batch at position %d is corrupt: %v", b.position, err), cause: err}
}

// optionalLong is how Java prints an OptionalLong.
func optionalLong(v int64, present bool) string {
	if !present {
		return "OptionalLong.empty"
	}
	return fmt.Sprintf("OptionalLong[%d]", v)
}

func timestampType(h *batch.Header) string {
	if h.LogAppendTime() {
		return "LogAppendTime"
	}
	return "CreateTime"
}

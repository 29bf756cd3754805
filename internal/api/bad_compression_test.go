package api

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/wire"
)

// Rows 46 and 47 of the list of bad inputs: what is behind a codec. Decoders are
// kept between uses and those of zstd have channels, so that no bubble may make
// one: these tests have none.

// compressed is a batch whose one value is compressed by the codec.
func compressed(codec batch.Codec, value []byte) []byte {
	o := batch.NoProducer()
	o.Codec = codec
	bld := batch.NewBuilder(o)
	bld.Append(recordMs, []byte("k"), value)
	return bld.Build(nil)
}

// withStream puts another compressed stream into a batch.
func withStream(codec batch.Codec, stream []byte) []byte {
	b := append(records("x")[:batch.HeaderSize], stream...)
	binary.BigEndian.PutUint32(b[8:], uint32(len(b)-12))
	be16(b, 21, int16(codec))
	fixCRC(b)
	return b
}

// firstVersion is the first of Produce that may carry a codec.
func firstVersion(codec batch.Codec) int16 {
	if codec == batch.Zstd {
		return 7
	}
	return 3
}

var everyCodec = map[string]batch.Codec{"gzip": batch.Gzip, "snappy": batch.Snappy, "lz4": batch.LZ4, "zstd": batch.Zstd}

func cpuTime(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestBad46Bombs: a batch of a few hundred KiB at most that unpacks to more than any
// batch may. A compacted topic has to look inside, so that it is lit there.
func TestBad46Bombs(t *testing.T) {
	bombs := map[string][]byte{
		"snappy that claims 2 GB": withStream(batch.Snappy, []byte{0xff, 0xff, 0xff, 0xff, 0x07, 0, 0}),
	}
	for name, codec := range everyCodec {
		if codec != batch.Snappy { // its ratio is 20 at best
			bombs[name] = compressed(codec, make([]byte, 70<<20))
		}
	}
	b := newDataBroker(t)
	b.topic("t", 1, "cleanup.policy", "compact")
	for name, recs := range bombs {
		codec := batch.Codec(recs[22] & 7)
		for version := firstVersion(codec); version <= 13; version++ {
			c := b.client()
			request := c.encode(produceTo("t", 0, 1, recs), version)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			begin := cpuTime(t)
			c.write(request)
			var resp wire.ProduceResponse
			c.answer(&resp, 0, version)
			cpu := cpuTime(t) - begin
			runtime.ReadMemStats(&after)
			got := resp.Responses[0].PartitionResponses[0].ErrorCode
			if got != wire.InvalidRecord && got != wire.MessageTooLarge {
				t.Errorf("%s bomb, version %d: %v", name, version, got.Name())
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > 16<<20 {
				t.Errorf("%s bomb, version %d: %d MiB were allocated", name, version, n>>20)
			}
			if cpu > 2*time.Second { // 64 MiB take a tenth of that
				t.Errorf("%s bomb, version %d: %v of the processor", name, version, cpu)
			}
		}
		b.mustWork("46 " + name)
	}
}

func TestBad47BrokenStreams(t *testing.T) {
	type stream struct {
		name  string
		codec batch.Codec
		recs  []byte
	}
	var streams []stream
	plain := bytes.Repeat([]byte("value "), 100)
	for name, codec := range everyCodec {
		good := compressed(codec, plain)[batch.HeaderSize:]
		flipped := bytes.Clone(good)
		flipped[0] ^= 0xff
		for what, s := range map[string][]byte{
			"nothing": {}, "one byte": good[:1], "half": good[:len(good)/2], "all but the last byte": good[:len(good)-1],
			"another opening": flipped, "zeros": make([]byte, 100), "text": []byte("this is not compressed at all, but it is long enough"),
		} {
			streams = append(streams, stream{name + " " + what, codec, withStream(codec, s)})
		}
	}
	frame := compressed(batch.LZ4, plain)[batch.HeaderSize:]
	badChecksum := bytes.Clone(frame)
	badChecksum[6] ^= 0x55 // of the frame's descriptor
	streams = append(streams,
		stream{"lz4 wrong checksum", batch.LZ4, withStream(batch.LZ4, badChecksum)},
		stream{"xerial header cut", batch.Snappy, withStream(batch.Snappy, []byte("\x82SNAPPY\x00\x00\x00"))},
		stream{"xerial block of 2 GB", batch.Snappy, withStream(batch.Snappy, []byte("\x82SNAPPY\x00\x00\x00\x00\x01\x00\x00\x00\x01\x7f\xff\xff\xff"))},
		stream{"xerial negative block", batch.Snappy, withStream(batch.Snappy, []byte("\x82SNAPPY\x00\x00\x00\x00\x01\x00\x00\x00\x01\xff\xff\xff\xff"))},
	)
	b := newDataBroker(t)
	b.topic("t", 1, "cleanup.policy", "compact")
	end := int64(0)
	for _, s := range streams {
		for version := firstVersion(s.codec); version <= 13; version++ {
			got := b.client().produce(version, produceTo("t", 0, 1, s.recs)).ErrorCode
			if got != wire.InvalidRecord && got != wire.CorruptMessage {
				t.Errorf("%s, version %d: %v", s.name, version, got.Name())
			}
		}
		if hw := b.partition("t", 0).HighWatermark(); hw != end {
			t.Errorf("%s: %d records were appended", s.name, hw-end)
		}
		b.mustWork("47 " + s.name)
		end++
	}
	// What is right is taken, in both framings of snappy.
	for name, codec := range everyCodec {
		for version := firstVersion(codec); version <= 13; version++ {
			if got := b.client().produce(version, produceTo("t", 0, 1, compressed(codec, plain))).ErrorCode; got != wire.None {
				t.Errorf("%s, version %d: %v", name, version, got.Name())
			}
		}
	}
}

// TestMaxDecompressedMessageBytes: the limit is on one record behind a codec; a
// topic without it does not look inside.
func TestMaxDecompressedMessageBytes(t *testing.T) {
	b := newDataBroker(t)
	b.topic("t", 1)
	b.topic("limited", 1, "max.decompressed.message.bytes", "1000")
	several := func(codec batch.Codec, size int) []byte {
		o := batch.NoProducer()
		o.Codec = codec
		bld := batch.NewBuilder(o)
		for range 50 {
			bld.Append(recordMs, []byte("k"), make([]byte, size))
		}
		return bld.Build(nil)
	}
	for name, codec := range everyCodec {
		for version := firstVersion(codec); version <= 13; version++ {
			for size, want := range map[int]wire.ErrorCode{900: wire.None, 1001: wire.InvalidRecord, 200_000: wire.InvalidRecord} {
				got := b.client().produce(version, produceTo("limited", 0, 1, several(codec, size)))
				if got.ErrorCode != want {
					t.Errorf("%s version %d, %d bytes: %v, want %v", name, version, size, got.ErrorCode.Name(), want.Name())
				}
				if got := b.client().produce(version, produceTo("t", 0, 1, several(codec, size))).ErrorCode; got != wire.None {
					t.Errorf("%s version %d, %d bytes without a limit: %v", name, version, size, got.Name())
				}
			}
		}
	}
	if got := b.client().produce(9, produceTo("limited", 0, 1, several(batch.None, 2000))).ErrorCode; got != wire.None {
		t.Errorf("without a codec: %v", got.Name())
	}
	b.mustWork("max.decompressed.message.bytes")
}

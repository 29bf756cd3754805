package batch

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"testing"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
)

func TestCodecNames(t *testing.T) {
	for _, c := range allCodecs {
		if got, ok := ParseCodec(c.String()); !ok || got != c {
			t.Errorf("%s: %v %v", c, got, ok)
		}
	}
	if c, ok := ParseCodec("uncompressed"); !ok || c != None {
		t.Error("uncompressed")
	}
	if _, ok := ParseCodec("brotli"); ok {
		t.Error("brotli")
	}
}

// recompress replaces the records of an uncompressed batch by stream.
func packed(codec Codec, b, stream []byte) []byte {
	return edit(b, func(h *Header, records *[]byte) {
		h.Attributes |= int16(codec)
		*records = stream
	})
}

// TestSnappyFramings: xerial (Java, librdkafka) and a raw block (others), as
// one or several blocks.
func TestSnappyFramings(t *testing.T) {
	plain := sample(None, 500, 200)
	records := plain[HeaderSize:]
	raw := packed(Snappy, plain, s2.EncodeSnappy(nil, records))
	if _, err := Validate(raw, lenient); err != nil {
		t.Errorf("raw: %v", err)
	}
	xerial := packed(Snappy, plain, appendXerial(nil, records))
	if !bytes.HasPrefix(xerial[HeaderSize:], xerialHeader) {
		t.Error("no xerial header")
	}
	for _, b := range [][]byte{raw, xerial} {
		if got := readAll(t, b); len(got) != 500 {
			t.Error(len(got))
		}
	}
}

// TestBadInput46: streams that unpack to far more than they should, and
// headers that claim it, cost no memory.
func TestBadInput46(t *testing.T) {
	plain := sample(None, 1, 1)
	zeros := make([]byte, 1<<20)
	bomb := func(codec Codec, mib int) []byte {
		var src []byte
		switch codec {
		case Zstd:
			w, _ := zstd.NewWriter(nil)
			block := bytes.Repeat(zeros, mib)
			src = w.EncodeAll(block, nil)
		default:
			src = appendCompressed(nil, bytes.Repeat(zeros, mib), codec, DefaultLevel)
		}
		return packed(codec, plain, src)
	}
	for _, codec := range []Codec{Gzip, LZ4, Zstd} {
		b := bomb(codec, 80)
		before := allocated()
		wantKind(t, "46 "+codec.String(), b, lenient, InvalidRecord)
		if used := allocated() - before; used > 16<<20 {
			t.Errorf("%s: validation of a bomb of %d bytes allocated %d", codec, len(b), used)
		}
		if _, err := Decompress(codec, b[HeaderSize:], 1<<20); err == nil {
			t.Errorf("%s: no cap", codec)
		}
	}
	claim := binary.AppendUvarint(nil, 2<<30-1)
	before := allocated()
	wantKind(t, "46 snappy claims 2 GB", packed(Snappy, plain, append(claim, 0, 0, 0)), lenient, InvalidRecord)
	block := append([]byte{}, xerialHeader...)
	block = binary.BigEndian.AppendUint32(block, 1<<31-1)
	wantKind(t, "46 xerial block of 2 GB", packed(Snappy, plain, block), lenient, InvalidRecord)
	if used := allocated() - before; used > 1<<20 {
		t.Errorf("snappy: allocated %d", used)
	}
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// TestBadInput47: damaged streams.
func TestBadInput47(t *testing.T) {
	plain := sample(None, 50, 100)
	for _, codec := range allCodecs[1:] {
		stream := appendCompressed(nil, plain[HeaderSize:], codec, DefaultLevel)
		for _, cut := range []int{1, len(stream) / 2, len(stream) - 1} {
			wantKind(t, "47 cut "+codec.String(), packed(codec, plain, stream[:len(stream)-cut]), lenient, InvalidRecord)
		}
		wantKind(t, "47 nothing "+codec.String(), packed(codec, plain, nil), lenient, InvalidRecord)
		flipped := bytes.Clone(stream)
		flipped[0] ^= 0xff
		wantKind(t, "47 bad magic "+codec.String(), packed(codec, plain, flipped), lenient, InvalidRecord)
		more := appendCompressed(nil, append(bytes.Clone(plain[HeaderSize:]), 1, 2, 3), codec, DefaultLevel)
		wantKind(t, "47 trailing "+codec.String(), packed(codec, plain, more), lenient, InvalidRecord)
	}
	short := append([]byte{}, xerialHeader[:10]...)
	wantKind(t, "47 xerial header cut", packed(Snappy, plain, short), lenient, InvalidRecord)
}

// TestBigRecordBehindCodec: a record larger than the window.
func TestBigRecordBehindCodec(t *testing.T) {
	for _, codec := range allCodecs {
		raw := sample(codec, 3, 900_000)
		if _, err := Validate(raw, lenient); err != nil {
			t.Errorf("%s: %v", codec, err)
		}
		if got := readAll(t, raw); len(got) != 3 || len(got[2].Value) != 900_000 {
			t.Errorf("%s: %d records", codec, len(got))
		}
	}
}

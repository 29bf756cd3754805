package batch

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"testing"
)

var lenient = ValidateOptions{NowMs: testNow, BeforeMaxMs: math.MaxInt64, AfterMaxMs: 3_600_000, Deep: true}

func wantKind(t *testing.T, name string, b []byte, o ValidateOptions, kind ErrorKind) *Error {
	t.Helper()
	_, err := Validate(b, o)
	var e *Error
	if !errors.As(err, &e) || e.Kind != kind {
		t.Errorf("%s: got %v, want kind %d", name, err, kind)
		return &Error{}
	}
	return e
}

func TestValidateAccepts(t *testing.T) {
	for _, codec := range allCodecs {
		for _, n := range []int{1, 2, 1000} {
			raw := sample(codec, n, 100)
			before := bytes.Clone(raw)
			info, err := Validate(raw, lenient)
			if err != nil || !info.RecordsChecked || int(info.Count) != n {
				t.Fatalf("%s %d: %+v %v", codec, n, info, err)
			}
			if !bytes.Equal(raw, before) {
				t.Fatalf("%s %d: the batch was changed", codec, n)
			}
			shallow := lenient
			shallow.Deep = false
			if info, err = Validate(raw, shallow); err != nil || info.RecordsChecked != (codec == None) {
				t.Fatalf("%s %d: %+v %v", codec, n, info, err)
			}
		}
	}
}

// TestBadInput36to41: CRC, lengths, number of batches, magic, counts and
// offsets.
func TestBadInput36to41(t *testing.T) {
	good := sample(None, 3, 10)
	crc := bytes.Clone(good)
	crc[len(crc)-1] ^= 1
	wantKind(t, "36 crc", crc, lenient, Corrupt)
	for name, length := range map[string]int32{"37 too small": 48, "37 negative": -5, "37 too large": int32(len(good)), "37 huge": math.MaxInt32} {
		b := bytes.Clone(good)
		binary.BigEndian.PutUint32(b[posLength:], uint32(length))
		wantKind(t, name, b, lenient, Corrupt)
	}
	wantKind(t, "37 field too long", append(bytes.Clone(good), 1, 2, 3), lenient, Corrupt)
	wantKind(t, "37 cut", good[:len(good)-1], lenient, Corrupt)
	wantKind(t, "37 nothing", nil, lenient, Corrupt)
	wantKind(t, "38 two batches", append(bytes.Clone(good), good...), lenient, InvalidRecord)
	for magic, kind := range map[int8]ErrorKind{0: InvalidRecord, 1: InvalidRecord, 3: Corrupt, 127: Corrupt, -1: Corrupt} {
		b := bytes.Clone(good)
		b[posMagic] = byte(magic)
		wantKind(t, "39 magic", b, lenient, kind)
	}
	for _, n := range []int32{0, -1, 2, 4, math.MaxInt32, math.MinInt32} {
		wantKind(t, "40 count", edit(good, func(h *Header, _ *[]byte) { h.Count = n }), lenient, InvalidRecord)
		wantKind(t, "40 count and delta", edit(good, func(h *Header, _ *[]byte) { h.Count, h.LastOffsetDelta = n, n-1 }), lenient, InvalidRecord)
	}
	wantKind(t, "41 delta", edit(good, func(h *Header, _ *[]byte) { h.LastOffsetDelta = 9 }), lenient, InvalidRecord)
	wantKind(t, "41 base offset", edit(good, func(h *Header, _ *[]byte) { h.BaseOffset = 5 }), lenient, InvalidRecord)
	gap := NewBuilder(NoProducer())
	gap.AppendAt(1, testNow, nil, nil)
	gap.AppendAt(2, testNow, nil, nil)
	wantKind(t, "41 deltas from 1", edit(gap.Build(nil), func(h *Header, _ *[]byte) { h.LastOffsetDelta = 1 }), lenient, InvalidRecord)
}

// record encodes a record body by hand.
func rawRecord(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		switch v := p.(type) {
		case int:
			b = appendVarint(b, int64(v))
		case byte:
			b = append(b, v)
		case string:
			b = append(b, v...)
		}
	}
	return append(appendVarint(nil, int64(len(b))), b...)
}

// TestBadInput42: every length in a record that lies.
func TestBadInput42(t *testing.T) {
	one := sample(None, 1, 1)
	with := func(rec []byte) []byte { return edit(one, func(_ *Header, r *[]byte) { *r = rec }) }
	attr := byte(0)
	for name, rec := range map[string][]byte{
		"key beyond":            rawRecord(attr, 0, 0, 100, "k", 1, "v", 0),
		"value beyond":          rawRecord(attr, 0, 0, 1, "k", 100, "v", 0),
		"header count negative": rawRecord(attr, 0, 0, 1, "k", 1, "v", -1),
		"header count beyond":   rawRecord(attr, 0, 0, 1, "k", 1, "v", 1<<30),
		"header key negative":   rawRecord(attr, 0, 0, 1, "k", 1, "v", 1, -1, -1),
		"header key beyond":     rawRecord(attr, 0, 0, 1, "k", 1, "v", 1, 50, "h", -1),
		"header value beyond":   rawRecord(attr, 0, 0, 1, "k", 1, "v", 1, 1, "h", 50),
		"bytes after headers":   rawRecord(attr, 0, 0, 1, "k", 1, "v", 0, "xx"),
		"empty body":            {0},
		"negative length":       appendVarint(nil, -7),
		"length beyond":         appendVarint(nil, 1000),
		"length of 11 bytes":    bytes.Repeat([]byte{0xff}, 11),
		"huge varint":           rawRecord(attr, 0, "\xff\xff\xff\xff\x7f", -1, -1, 0),
	} {
		wantKind(t, name, with(rec), lenient, InvalidRecord)
		// The same behind a codec.
		packed := edit(one, func(h *Header, r *[]byte) {
			h.Attributes |= int16(Gzip)
			*r = appendCompressed(nil, rec, Gzip, DefaultLevel)
		})
		wantKind(t, name+" in gzip", packed, lenient, InvalidRecord)
	}
	if _, err := Validate(with(rawRecord(attr, 0, 0, -1, -1, 1, 1, "h", -1)), lenient); err != nil {
		t.Errorf("nulls: %v", err)
	}
}

// TestBadInput43to45: flags and codecs.
func TestBadInput43to45(t *testing.T) {
	good := sample(None, 2, 5)
	attrs := func(a int16) []byte { return edit(good, func(h *Header, _ *[]byte) { h.Attributes = a }) }
	wantKind(t, "43 control", attrs(attrControl), lenient, InvalidRecord)
	for _, codec := range []int16{5, 6, 7} {
		wantKind(t, "44 codec", attrs(codec), lenient, UnsupportedCompression)
	}
	wantKind(t, "44 reserved bit", attrs(0x80), lenient, InvalidRecord)
	wantKind(t, "44 high bit", attrs(-0x8000), lenient, InvalidRecord)
	wantKind(t, "44 delete horizon", attrs(attrDeleteHorizon), lenient, InvalidRecord)
	wantKind(t, "44 transactional without producer", attrs(attrTransactional), lenient, InvalidRecord)
	wantKind(t, "LogAppendTime", attrs(attrLogAppendTime), lenient, InvalidTimestamp)
	old := lenient
	old.RefuseZstd = true
	wantKind(t, "45 zstd", sample(Zstd, 2, 5), old, UnsupportedCompression)
	for name, f := range map[string]func(h *Header){
		"56 negative sequence": func(h *Header) { h.ProducerID, h.ProducerEpoch, h.BaseSequence = 1, 0, -1 },
		"56 negative epoch":    func(h *Header) { h.ProducerID, h.ProducerEpoch, h.BaseSequence = 1, -1, 0 },
		"negative producer":    func(h *Header) { h.ProducerID = -2 },
	} {
		wantKind(t, name, edit(good, func(h *Header, _ *[]byte) { f(h) }), lenient, InvalidRecord)
	}
}

// TestBadInput48And49: size and missing keys.
func TestBadInput48And49(t *testing.T) {
	small := lenient
	small.MaxBytes = 100
	wantKind(t, "48 size", sample(None, 2, 100), small, TooLarge)
	keyed := lenient
	keyed.RequireKeys, keyed.Deep = true, false
	for _, codec := range allCodecs {
		o := NoProducer()
		o.Codec = codec
		b := NewBuilder(o)
		for i := range 100 {
			key := []byte("k")
			if i%10 == 3 {
				key = nil
			}
			b.Append(testNow, key, []byte("v"))
		}
		e := wantKind(t, "49 null keys", b.Build(nil), keyed, InvalidRecord)
		if len(e.Records) != 10 || e.Records[0].Index != 3 || e.Records[9].Index != 93 {
			t.Errorf("%s: %+v", codec, e.Records)
		}
	}
	b := NewBuilder(NoProducer())
	b.Append(testNow, []byte{}, nil)
	if _, err := Validate(b.Build(nil), keyed); err != nil {
		t.Errorf("an empty key is a key: %v", err)
	}
}

// TestBadInput50: timestamps outside of the bounds, also those whose sum
// overflows.
func TestBadInput50(t *testing.T) {
	hour := ValidateOptions{NowMs: testNow, BeforeMaxMs: 3_600_000, AfterMaxMs: 3_600_000, Deep: true}
	build := func(ts ...int64) []byte {
		b := NewBuilder(NoProducer())
		for _, t := range ts {
			b.Append(t, nil, nil)
		}
		return b.Build(nil)
	}
	for _, ts := range []int64{math.MinInt64, -2, 0, testNow - 3_600_001, testNow + 3_600_001, 9_223_372_036_854_000_000, math.MaxInt64} {
		e := wantKind(t, "50 timestamp", build(testNow, ts, testNow), hour, InvalidTimestamp)
		if len(e.Records) != 1 || e.Records[0].Index != 1 {
			t.Errorf("%d: %+v", ts, e.Records)
		}
	}
	for _, ts := range []int64{-1, testNow - 3_600_000, testNow + 3_600_000} {
		if _, err := Validate(build(ts), hour); err != nil {
			t.Errorf("%d: %v", ts, err)
		}
	}
	overflow := edit(build(testNow), func(h *Header, r *[]byte) {
		h.BaseTimestamp = math.MaxInt64
		*r = rawRecord(byte(0), 5, 0, -1, -1, 0)
	})
	wantKind(t, "50 overflow", overflow, hour, InvalidTimestamp)
	late := edit(sample(Gzip, 1, 1), func(h *Header, _ *[]byte) { h.MaxTimestamp = math.MaxInt64 })
	shallow := hour
	shallow.Deep = false
	// Records decide, not what a compressed batch's header claims.
	if info, err := Validate(late, shallow); err != nil || !info.RecordsChecked || info.MaxTimestamp == math.MaxInt64 {
		t.Errorf("50 header of a compressed batch: %+v %v", info, err)
	}
	o := NoProducer()
	o.Codec = Gzip
	b := NewBuilder(o)
	b.Append(testNow, nil, nil)
	b.Append(math.MaxInt64, nil, nil)
	var refused *Error
	if _, err := Validate(b.Build(nil), shallow); !errors.As(err, &refused) || refused.Kind != InvalidTimestamp ||
		len(refused.Records) != 1 || refused.Records[0].Index != 1 {
		t.Errorf("50 record of a compressed batch: %v", err)
	}
	append1 := hour
	append1.LogAppendTime = true
	if _, err := Validate(build(0), append1); err != nil {
		t.Errorf("LogAppendTime topics do not look at timestamps: %v", err)
	}
}

// TestMaxTimestampCorrected: a header that lies about the largest timestamp
// would break the time index.
func TestMaxTimestampCorrected(t *testing.T) {
	for _, codec := range allCodecs {
		raw := edit(sample(codec, 5, 5), func(h *Header, _ *[]byte) { h.MaxTimestamp = testNow + 999 })
		info, err := Validate(raw, lenient)
		h, _ := ParseHeader(raw)
		if err != nil || info.MaxTimestamp != testNow+4 || h.MaxTimestamp != testNow+4 || !CheckCRC(raw) {
			t.Errorf("%s: %+v %v", codec, info, err)
		}
	}
}

func TestValidateDoesNotAllocate(t *testing.T) {
	raw := sample(None, 100, 100)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := Validate(raw, lenient); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations per batch", n)
	}
}

func TestManyRecordErrorsAreBounded(t *testing.T) {
	b := NewBuilder(NoProducer())
	for range 5000 {
		b.Append(testNow, nil, nil)
	}
	keyed := lenient
	keyed.RequireKeys = true
	if e := wantKind(t, "keys", b.Build(nil), keyed, InvalidRecord); len(e.Records) != maxRecordErrors {
		t.Error(len(e.Records))
	}
}

package commitlog

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
)

// openAny opens a directory with these files in both ways and uses the log. It
// may refuse with ErrCorrupt and with nothing else. Segments that contradict each
// other are found where all of them are read, not below a recovery point.
func openAny(t *testing.T, files map[string][]byte) {
	segments := 0
	for name := range files {
		if strings.HasSuffix(name, logSuffix) {
			segments++
		}
	}
	for _, way := range []struct {
		options func(*Options)
		readAll bool
	}{{recoveryPoint(Unknown), true}, {recoveryPoint(0), true}, {recoveryPoint(5), false}, {cleanAt(Unknown), false}, {cleanAt(6), false}} {
		w := newWorld(t)
		w.cfg.IndexIntervalBytes = 100
		for name, data := range files {
			w.put(name, data)
		}
		l, err := w.tryOpen(way.options)
		if err == nil {
			err = use(w, l)
		}
		if err == nil && (way.readAll || segments == 1) {
			err = l.Check()
		}
		if err != nil && !errors.Is(err, ErrCorrupt) {
			t.Fatal(err)
		}
	}
	w := newWorld(t)
	for name, data := range files {
		w.put(name, data)
	}
	l, err := w.tryOpen(recoveryPoint(6), func(o *Options) { o.Salvage = true })
	if errors.Is(err, ErrCorrupt) {
		return // formats 0 and 1
	}
	if err == nil {
		err = use(w, l)
	}
	if err != nil {
		t.Fatalf("salvage: %v", err)
	}
}

// use reads, appends and checks.
func use(w *world, l *Log) error {
	if err := l.Load(); err != nil {
		return err
	}
	start, end := l.StartOffset(), l.EndOffset()
	if start < 0 || end < start {
		w.t.Fatalf("log is [%d, %d)", start, end)
	}
	for offset := start; offset < end; {
		s, err := l.Read(offset, 4096, end, true)
		if err != nil {
			return err
		}
		b, err := s.Bytes()
		if err != nil {
			return err
		}
		s.Release()
		if s.NextOffset <= offset {
			return nil // a hole at the end, or more than this build can see
		}
		offset = s.NextOffset
		if err := batch.ForEach(b, func(batch.Header, []byte) error { return nil }); err != nil {
			w.t.Fatal(err)
		}
	}
	if _, _, err := l.OffsetForTime(w.nowMs); err != nil {
		return err
	}
	if _, err := l.ActiveProducers(); err != nil {
		return err
	}
	if _, err := l.AbortedTxns(start, end); err != nil {
		return err
	}
	epoch, _ := l.LatestEpoch()
	if _, err := l.Append(max(epoch, 0), records(1, 10, w.nowMs), AppendCheck{}); err != nil {
		return err
	}
	return nil
}

// seedLog returns the files of a small log.
func seedLog(f *testing.F) map[string][]byte {
	w, _ := auxWorld(f, true)
	entries, err := w.mem.ReadDir(testDir)
	if err != nil {
		f.Fatal(err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		files[e.Name()] = w.get(e.Name())
	}
	return files
}

// FuzzSegment: any bytes as a segment. The CRCs of whole batches are made
// right, so that the fuzzer gets past them.
func FuzzSegment(f *testing.F) {
	f.Add(seedLog(f)[logFileName(0)], true)
	f.Add([]byte{}, false)
	f.Add(make([]byte, 300), true)
	f.Fuzz(func(t *testing.T, b []byte, fix bool) {
		if fix {
			for rest := b; ; {
				h, raw, next, err := batch.Next(rest)
				if err != nil {
					break
				}
				batch.PutHeader(raw, h)
				rest = next
			}
		}
		openAny(t, map[string][]byte{logFileName(0): b})
	})
}

// fuzzAux spoils one auxiliary file of a good log: the log must open with all
// its records, and answer as before. After a kill the file must be made good;
// after an orderly stop entries that nobody asked for may stay wrong.
func fuzzAux(f *testing.F, suffix string) {
	files := seedLog(f)
	name := ""
	for have := range files {
		if strings.HasSuffix(have, suffix) {
			name = max(name, have)
		}
	}
	f.Add(files[name])
	f.Add(make([]byte, 64))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, clean := range []bool{false, true} {
			w, want := auxWorld(t, clean)
			w.put(name, b)
			options := recoveryPoint(0)
			if clean {
				options = cleanAt(want.end)
			}
			l, err := w.tryOpen(options)
			if err == nil {
				err = use(w, l)
			}
			if err == nil && !clean {
				err = l.Check()
			}
			if err != nil {
				t.Fatalf("clean %v: %v", clean, err)
			}
			if l.EndOffset() != want.end+1 {
				t.Fatalf("clean %v: end %d, want %d", clean, l.EndOffset(), want.end+1)
			}
			if err := l.TruncateTo(want.end); err != nil {
				t.Fatal(err)
			}
			if got := w.facts(l); suffix != txnSuffix && fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("clean %v:\n%v\nwant %v", clean, got, want)
			}
		}
	})
}

func FuzzOffsetIndex(f *testing.F) { fuzzAux(f, indexSuffix) }
func FuzzTimeIndex(f *testing.F)   { fuzzAux(f, timeSuffix) }
func FuzzTxnIndex(f *testing.F)    { fuzzAux(f, txnSuffix) }

// FuzzSnapshot and FuzzEpochCheckpoint: what decodes also encodes to the same.
func FuzzSnapshot(f *testing.F) {
	f.Add(newProducers(5).encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		ps, err := decodeProducers(b, 100)
		if err != nil {
			return
		}
		again, err := decodeProducers(ps.encode(), 100)
		if err != nil || len(again.byID) != len(ps.byID) {
			t.Fatal(err)
		}
	})
}

func FuzzEpochCheckpoint(f *testing.F) {
	f.Add([]byte("0\n2\n1 0\n3 17\n"))
	f.Add([]byte("0\n0\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		entries, err := parseEpochs(b)
		if err != nil {
			return
		}
		again, err := parseEpochs(encodeEpochs(entries))
		if err != nil || len(again) != len(entries) {
			t.Fatalf("%v %v", again, err)
		}
		w, want := auxWorld(t, true)
		w.put(epochCheckpointName, b)
		if l := w.open(cleanAt(want.end)); l.EndOffset() != want.end {
			t.Fatal(l.EndOffset())
		}
	})
}

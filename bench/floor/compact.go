package floor

import (
	"encoding/binary"
	"hash/crc32"
	"hash/maphash"
	"os"
)

// Scan reads files of batches with one goroutine, 4 MiB at a time, and checks every
// CRC. It returns how many bytes there were.
func Scan(files []string) (bytes int64) {
	for _, name := range files {
		bytes += walk(name, func(b []byte) {})
	}
	return bytes
}

// walk calls each for every batch of a file.
func walk(name string, each func(batch []byte)) (bytes int64) {
	f, err := os.Open(name)
	if err != nil {
		fail("open: %v", err)
	}
	defer f.Close()
	buf, have := make([]byte, 4<<20), 0
	for {
		n, err := f.Read(buf[have:])
		if n == 0 {
			if have > 0 {
				fail("%s ends in a batch: %v", name, err)
			}
			return bytes
		}
		have += n
		bytes += int64(n)
		at := 0
		for have-at >= 12 {
			size := 12 + int(be.Uint32(buf[at+8:]))
			if have-at < size {
				break
			}
			b := buf[at : at+size]
			if crc32.Checksum(b[21:], castagnoli) != be.Uint32(b[17:]) {
				fail("%s: a CRC is wrong", name)
			}
			each(b)
			at += size
		}
		have = copy(buf, buf[at:have])
	}
}

// Compact keeps the last record of each key: two walks over the files, a map of
// hashes in between, one file written by 1 MiB. It returns the number of records
// that it read and kept.
func Compact(files []string, to string) (read, kept int) {
	seed := maphash.MakeSeed()
	last := map[uint64]int64{}
	for _, name := range files {
		walk(name, func(b []byte) {
			records(b, func(offset int64, key, _ []byte) {
				read++
				last[maphash.Bytes(seed, key)] = offset
			})
		})
	}
	out, err := os.Create(to)
	if err != nil {
		fail("create: %v", err)
	}
	defer out.Close()
	buf := make([]byte, 0, 2<<20)
	for _, name := range files {
		walk(name, func(b []byte) {
			begin := len(buf)
			buf = append(buf, b[:61]...)
			n := 0
			records(b, func(offset int64, key, raw []byte) {
				if last[maphash.Bytes(seed, key)] == offset {
					buf = append(buf, raw...)
					n++
				}
			})
			if kept += n; n == 0 {
				buf = buf[:begin]
				return
			}
			whole := buf[begin:]
			be.PutUint32(whole[8:], uint32(len(whole)-12))
			be.PutUint32(whole[57:], uint32(n))
			be.PutUint32(whole[17:], crc32.Checksum(whole[21:], castagnoli))
			if len(buf) >= 1<<20 {
				if _, err := out.Write(buf); err != nil {
					fail("write: %v", err)
				}
				buf = buf[:0]
			}
		})
	}
	if _, err := out.Write(buf); err != nil {
		fail("write: %v", err)
	}
	return read, kept
}

// records calls each for the records of a batch, which are not compressed.
func records(b []byte, each func(offset int64, key, raw []byte)) {
	base := int64(be.Uint64(b))
	for at := 61; at < len(b); {
		size, n := binary.Varint(b[at:])
		raw := b[at : at+n+int(size)]
		at += len(raw)
		r := raw[n+1:]
		_, n = binary.Varint(r) // timestamp
		r = r[n:]
		delta, n := binary.Varint(r)
		r = r[n:]
		length, n := binary.Varint(r)
		each(base+delta, r[n:n+int(length)], raw)
	}
}

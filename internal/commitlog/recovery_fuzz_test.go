package commitlog

import (
	"errors"
	"testing"

	"github.com/brolga-io/brolga/internal/vfs"
)

// FuzzRecovery: any bytes as each file of a log at once, under the names of two
// segments. It opens, or is refused as corrupt.
func FuzzRecovery(f *testing.F) {
	files := seedLog(f)
	get := func(suffix string) []byte {
		for name, data := range files {
			if _, s, ok := parseOffsetName(name); ok && s == suffix {
				return data
			}
		}
		return files[suffix]
	}
	f.Add(get(logSuffix), get(indexSuffix), get(timeSuffix), get(txnSuffix), get(snapshotSuffix), []byte("0\n1\n0 0\n"), uint16(3))
	f.Add([]byte{}, make([]byte, 8), make([]byte, 12), make([]byte, 34), []byte{0, 1}, []byte("0\n0\n"), uint16(0))
	f.Add(make([]byte, 100), []byte{1}, []byte{2}, []byte{3}, []byte{4}, []byte("garbage"), uint16(9999))
	f.Fuzz(func(t *testing.T, log, index, times, txns, snapshot, epochs []byte, second uint16) {
		openAny(t, map[string][]byte{
			offsetName(0, logSuffix): log, offsetName(0, indexSuffix): index, offsetName(0, timeSuffix): times, offsetName(0, txnSuffix): txns,
			offsetName(int64(second), logSuffix): log, offsetName(int64(second), indexSuffix): index,
			offsetName(int64(second), snapshotSuffix): snapshot, epochCheckpointName: epochs,
			offsetName(int64(second), logSuffix+cleanedSuffix): log, offsetName(int64(second)+1, logSuffix+swapSuffix): index,
			"00000000000000000000.what": epochs,
		})
	})
}

// FuzzNames: names that are taken apart come together again, and none leads out of
// its directory.
func FuzzNames(f *testing.F) {
	for _, s := range []string{"orders-3", "a-b-0", "..-1", "a-01", "a-2147483648", "00000000000000000007.log", "99999999999999999999.index", "0.log"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if tp, ok := ParseTopicPartition(name); ok && (tp.String() != name || tp.Partition < 0 || tp.Topic == ".." || tp.Topic == ".") {
			t.Fatalf("%q is %+v", name, tp)
		}
		if offset, suffix, ok := parseOffsetName(name); ok && (offset < 0 || offsetName(offset, suffix) != name) {
			t.Fatalf("%q is %d and %q", name, offset, suffix)
		}
	})
}

// FuzzPartitionMetadata: any bytes as partition.metadata. What is read can be
// written and read again.
func FuzzPartitionMetadata(f *testing.F) {
	f.Add([]byte("version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAQ\n"))
	f.Add([]byte("topic_id:AAAAAAAAAAAAAAAAAAAAAQ\r\nversion:0"))
	f.Add([]byte("version: 1\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		mem := vfs.NewMem()
		if err := errors.Join(mem.MkdirAll("d", 0o755), vfs.WriteFile(mem, "d/"+partitionMetadataName, b)); err != nil {
			t.Fatal(err)
		}
		id, err := ReadPartitionMetadata(mem, "d")
		if err != nil {
			return
		}
		if err := WritePartitionMetadata(mem, "d", id, true); err != nil {
			t.Fatal(err)
		}
		if again, err := ReadPartitionMetadata(mem, "d"); err != nil || again != id {
			t.Fatalf("%q became %q: %v", id, again, err)
		}
	})
}

package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/vfs"
)

// runTool runs a tool in this process.
func runTool(args ...string) (stdout, stderr string, code int) {
	var out, err bytes.Buffer
	env := &Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &err, Now: time.Now, Random: func(int) int { return 0 }, Interrupts: systemInterrupts}
	code = Run(env, args[0], args[1:])
	return out.String(), err.String(), code
}

// The tool reads what our own log writes: segments, both indexes and the
// snapshot of producers, without a finding.
func TestDumpOwnLog(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "own-0")
	conf := commitlog.DefaultConfig()
	conf.IndexIntervalBytes = 100
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	env := &commitlog.Env{FS: vfs.OS, Now: func() int64 { return 1_700_000_000_000 }, FDs: commitlog.NewFDCache(10)}
	log, err := commitlog.Open(dir, commitlog.Options{Env: env, Config: &conf, RecoveryPoint: commitlog.Unknown, LogStartOffset: commitlog.Unknown})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		builder := batch.NewBuilder(batch.BuilderOptions{Codec: batch.Codec(i % 5), ProducerID: 7, ProducerEpoch: 1, BaseSequence: int32(2 * i)})
		builder.Append(1_700_000_000_000+int64(i), []byte("key"), []byte("value"), batch.RecordHeader{Key: "kind", Value: []byte("v")})
		builder.Append(1_700_000_000_000+int64(i), nil, []byte("value without a key"))
		if _, err := log.Append(3, builder.Build(nil), commitlog.AppendCheck{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.Close(true); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "0*"))
	if err != nil || len(files) < 4 {
		t.Fatalf("%v %v", files, err)
	}
	out, errs, code := runTool("kafka-dump-log", "--print-data-log", "--files", strings.Join(files, ","))
	if code != 0 || errs != "" {
		t.Fatalf("exit %d: %s", code, errs)
	}
	for _, want := range []string{
		"Log starting offset: 0\n",
		"baseOffset: 38 lastOffset: 39 count: 2 baseSequence: 38 lastSequence: 39 producerId: 7 producerEpoch: 1 partitionLeaderEpoch: 3",
		"compresscodec: zstd", "compresscodec: lz4", "compresscodec: snappy", "compresscodec: gzip", "compresscodec: none",
		"| offset: 39 CreateTime: 1700000000019 keySize: -1 valueSize: 19 sequence: 39 headerKeys: [] payload: value without a key\n",
		"| offset: 38 CreateTime: 1700000000019 keySize: 3 valueSize: 5 sequence: 38 headerKeys: [kind] key: key payload: value\n",
		"offset: 39 position: ", "timestamp: 1700000000019 offset: 39\n",
		"producerId: 7 producerEpoch: 1 coordinatorEpoch: -1 currentTxnFirstOffset: OptionalLong.empty lastTimestamp: 1700000000019 firstSequence: 38 lastSequence: 39 lastOffset: 39 offsetDelta: 1",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("missing %q", want)
		}
	}
	if strings.Contains(out, "isvalid: false") || strings.Count(out, "isvalid: true") != 20 {
		t.Errorf("validity: %s", out)
	}
	if t.Failed() {
		t.Log(out)
	}
}

// Whatever the bytes are, the tool ends with an exit code.
func FuzzDumpLog(f *testing.F) {
	seeds, err := filepath.Glob("testdata/segments/*/0*")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range seeds {
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		// Short ones: the engine shortens whatever it finds, which takes long.
		f.Add(raw[:min(len(raw), 300)], uint8(len(raw)))
	}
	decoders := []string{"--print-data-log", "--offsets-decoder", "--transaction-log-decoder", "--cluster-metadata-decoder",
		"--remote-log-metadata-decoder", "--share-group-state-decoder"}
	f.Fuzz(func(t *testing.T, raw []byte, decoder uint8) {
		dir := t.TempDir()
		var files []string
		for _, suffix := range []string{"log", "index", "timeindex", "snapshot", "txnindex"} {
			path := filepath.Join(dir, "00000000000000000000."+suffix)
			if err := os.WriteFile(path, raw, 0o600); err != nil {
				t.Fatal(err)
			}
			files = append(files, path)
		}
		for _, path := range files {
			if _, _, code := runTool("kafka-dump-log", decoders[int(decoder)%len(decoders)], "--files", path); code != 0 && code != 1 {
				t.Errorf("exit %d", code)
			}
		}
	})
}

func TestFirstSequence(t *testing.T) {
	for _, c := range []struct{ last, delta, want int32 }{{9, 4, 5}, {0, 0, 0}, {1, 2, 1<<31 - 1}, {0, 5, 1<<31 - 5}} {
		if got := firstSequence(c.last, c.delta); got != c.want {
			t.Errorf("firstSequence(%d, %d) = %d, want %d", c.last, c.delta, got, c.want)
		}
		if again := batch.IncrementSequence(firstSequence(c.last, c.delta), c.delta); again != c.last {
			t.Errorf("%d and %d are %d", c.want, c.delta, again)
		}
	}
}

func TestRecordTypeNames(t *testing.T) {
	for in, want := range map[string]string{"TopicRecord": "TOPIC_RECORD", "NoOpRecord": "NO_OP_RECORD", "ClearElrRecord": "CLEAR_ELR_RECORD"} {
		if got := snakeUpper(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestJavaText(t *testing.T) {
	for in, want := range map[string]string{"plain": "plain", "å": "å", "\xff": "\ufffd", "a\xc3b": "a\ufffdb", "": ""} {
		if got := javaText([]byte(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestFixLZ4Header(t *testing.T) {
	// The header of a frame with 64 KiB blocks and no content size, as the
	// specification's example code writes it.
	good := []byte{0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, 0, 0, 0, 0}
	bad := bytes.Clone(good)
	bad[6] = 0x1a
	if got := fixLZ4Header(bad); !bytes.Equal(got, good) {
		t.Errorf("% x, want % x", got, good)
	}
	for _, short := range [][]byte{nil, {1}, good[:6], {0x04, 0x22, 0x4d, 0x18, 0x68, 0x40, 0}} {
		if got := fixLZ4Header(short); !bytes.Equal(got, short) {
			t.Errorf("% x became % x", short, got)
		}
	}
}

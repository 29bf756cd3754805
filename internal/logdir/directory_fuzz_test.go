package logdir

import (
	"errors"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/commitlog"
)

// FuzzDirectory: any bytes as the checkpoints and the mark of a clean shutdown of a
// directory whose log is good, and a sub-directory of any name. It opens, and no
// record is lost unless the checkpoint of log starts says that it was deleted.
func FuzzDirectory(f *testing.F) {
	f.Add([]byte("0\n1\nt 0 3\n"), []byte("0\n1\nt 0 1\n"), []byte("0\n1\nt 0 5\n"), []byte(`{"version":0,"brokerEpoch":5}`), "u-0")
	f.Add([]byte("0\n1\nt 0 9223372036854775807\n"), []byte{}, []byte("garbage"), []byte{}, "..-0")
	f.Add([]byte("1\n"), []byte("0\n99999999999\n"), []byte("0\n1\nt 0 -5\n"), []byte("{"), "x.0123456789abcdef0123456789abcdef-delete")
	f.Fuzz(func(t *testing.T, recovery, starts, watermarks, clean []byte, name string) {
		for _, orderly := range []bool{false, true} {
			w := newWorld(t)
			d := w.open()
			w.fill(w.create(d, tp("t", 0), id(1)), 5)
			if orderly {
				w.close(d, true)
			} else {
				w.abandon(d)
			}
			w.put("data/"+recoveryPointName, string(recovery))
			w.put("data/"+logStartName, string(starts))
			w.put("data/"+highWatermarkName, string(watermarks))
			w.put("data/"+cleanerOffsetName, string(watermarks))
			if len(clean) > 0 {
				w.put("data/"+cleanShutdownName, string(clean))
			}
			if name != "" && len(name) < maxDirName && !strings.ContainsAny(name, "/\x00") && name != "t-0" && name[0] != '.' {
				if err := w.mem.MkdirAll("data/"+name, 0o755); err != nil {
					continue // a file has that name
				}
			}
			d = w.open()
			l, err := d.Get(tp("t", 0))
			if err == nil {
				err = l.Load()
			}
			switch {
			case errors.Is(err, commitlog.ErrCorrupt): // it ends below its recovery point
			case err != nil:
				t.Fatal(err)
			case l.EndOffset() < 5:
				t.Fatalf("orderly %v: the log ends at %d", orderly, l.EndOffset())
			}
			_ = d.Close(false)
		}
	})
}

// FuzzDirName: the name of a sub-directory is that of a partition or of none.
func FuzzDirName(f *testing.F) {
	for _, s := range []string{"t-0", "t-0.0123456789abcdef0123456789abcdef-delete", "t-0.0123456789abcdef0123456789abcdef-future", "t-0-stray", "__cluster_metadata-0", "..-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		tp, kind := parseDirName(name)
		if kind == liveDir && tp.String() != name {
			t.Fatalf("%q is %v", name, tp)
		}
		if kind != liveDir && kind != futureDir && tp.Topic != "" {
			t.Fatalf("%q is no partition and called %v", name, tp)
		}
	})
}

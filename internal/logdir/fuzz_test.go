package logdir

import (
	"maps"
	"testing"
)

func FuzzCheckpoint(f *testing.F) {
	f.Add([]byte("0\n2\na 0 10\nb-c 1 0\n"))
	f.Add([]byte("0\n0\n"))
	f.Add([]byte("0\n1\na 0 -1\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := parseCheckpoint(b)
		if err != nil {
			return
		}
		var c checkpoint
		for p, offset := range o {
			if p.Partition < 0 || offset < 0 {
				t.Fatalf("%+v %d", p, offset)
			}
			c.add(p, offset)
		}
		again, err := parseCheckpoint(c.bytes())
		if err != nil || !maps.Equal(again, o) {
			t.Fatalf("%v: %v", err, again)
		}
	})
}

func FuzzMetaProperties(f *testing.F) {
	f.Add([]byte("version=1\nnode.id=1\ncluster.id=AAAAAAAAAAAAAAAAAAAAAQ\ndirectory.id=7gAAAAAAAAAAAAAAAAAACQ\n"))
	f.Add([]byte("#\nversion=0\nbroker.id=0\ncluster.id=x"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseMeta(b)
		if err == nil && (m.NodeID < 0 || m.ClusterID == "" || reservedID(m.DirectoryID) && m.DirectoryID != (UUID{})) {
			t.Fatalf("%+v", m)
		}
	})
}

func FuzzCleanMark(f *testing.F) {
	f.Add([]byte(`{"version":0,"brokerEpoch":5}`))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if parseCleanMark(b) < UnknownBrokerEpoch {
			t.Fatal("epoch")
		}
	})
}

func TestCleanMarkContent(t *testing.T) {
	for content, want := range map[string]int64{"": -1, "{}": -1, `{"version":0,"brokerEpoch":105}`: 105,
		`{"version":1,"brokerEpoch":105}`: -1, "garbage": -1, `{"version":0,"brokerEpoch":-7}`: -1} {
		if got := parseCleanMark([]byte(content)); got != want {
			t.Errorf("%q: %d, want %d", content, got, want)
		}
	}
}

func TestIDs(t *testing.T) {
	for n := range 200 {
		id := UUID{15: byte(n)}
		if reservedID(id) != (n < 100) {
			t.Errorf("%d", n)
		}
		if got, ok := ParseID(FormatID(id)); !ok || got != id {
			t.Errorf("%s", FormatID(id))
		}
	}
	for _, s := range []string{"", "AAAA", "AAAAAAAAAAAAAAAAAAAAA=", "AAAAAAAAAAAAAAAAAAAA+A"} {
		if _, ok := ParseID(s); ok {
			t.Errorf("%q", s)
		}
	}
	calls := 0
	if id := NewDirectoryID(func() UUID { calls++; return UUID{15: byte(97 + calls)} }); reservedID(id) || calls != 3 {
		t.Error(id, calls)
	}
}

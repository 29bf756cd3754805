package quorum

import (
	"reflect"
	"testing"

	"github.com/brolga-io/brolga/internal/wire"
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"
)

// testDir is a directory id made from a number.
func testDir(n byte) wire.UUID { return wire.UUID{15: n, 3: 0xd1} }

// testMembers returns controllers with the node ids 1 to n.
func testMembers(n int) members {
	var ms members
	for i := int32(1); i <= int32(n); i++ {
		ms = append(ms, Member{
			RaftID: InitialRaftID(i), NodeID: i, DirectoryID: testDir(byte(i)),
			Endpoints: []Endpoint{{Name: "CONTROLLER", Host: "127.0.0.1", Port: 9093}},
		})
	}
	return ms
}

// confChange encodes a change that leads to ms.
func confChange(t testing.TB, typ raftpb.ConfChangeType, raftID uint64, ms members) []byte {
	t.Helper()
	data, err := proto.Marshal(&raftpb.ConfChangeV2{
		Changes: []*raftpb.ConfChangeSingle{{Type: typ.Enum(), NodeId: new(raftID)}},
		Context: ms.append(nil),
	})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestMembersRoundTrip(t *testing.T) {
	ms := testMembers(3)
	ms[1].Learner, ms[2].Endpoints = true, nil
	got, err := decodeMembers(ms.append(nil))
	if err != nil || !reflect.DeepEqual(got, ms) {
		t.Fatalf("got %+v (%v), want %+v", got, err, ms)
	}
	encoded := ms.append(nil)
	for n := range encoded {
		if _, err := decodeMembers(encoded[:n]); err == nil {
			t.Fatalf("%d of %d bytes were accepted", n, len(encoded))
		}
	}
	if _, err := decodeMembers(append(encoded, 0)); err == nil {
		t.Fatal("a byte too many was accepted")
	}
}

func TestMembersCheck(t *testing.T) {
	for name, ms := range map[string]members{
		"nobody":        {},
		"only learners": {{RaftID: 1, Learner: true}},
		"id zero":       {{RaftID: 0}},
		"raft's own id": {{RaftID: raft.LocalAppendThread}},
		"twice":         {{RaftID: 2}, {RaftID: 2}},
		"not ordered":   {{RaftID: 3}, {RaftID: 2}},
	} {
		if ms.check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestMembersWithAndWithout(t *testing.T) {
	ms := testMembers(3)
	more := ms.with(Member{RaftID: 3, NodeID: 2, Learner: true}).with(Member{RaftID: 1 << 62, NodeID: 7})
	if len(ms) != 3 || ms[1].Learner {
		t.Fatalf("with changed the original: %+v", ms)
	}
	if len(more) != 4 || !more.find(3).Learner || more.check() != nil || more.voters() != 3 {
		t.Fatalf("%+v", more)
	}
	if less := more.without(3); len(less) != 3 || less.find(3) != nil {
		t.Fatalf("%+v", less)
	}
}

func TestRaftIDs(t *testing.T) {
	if InitialRaftID(0) != 1 {
		t.Fatal("node 0 must not have raft id 0, which means nobody")
	}
	for _, dir := range []wire.UUID{{}, testDir(1), {0: 0xff, 1: 0xff, 2: 0xff, 3: 0xff, 4: 0xff, 5: 0xff, 6: 0xff, 7: 0xff}} {
		if id := JoinedRaftID(dir); id <= InitialRaftID(1<<31-1) || id >= 1<<63 {
			t.Errorf("directory %v gives raft id %#x", dir, id)
		}
	}
	if JoinedRaftID(testDir(1)) == JoinedRaftID(testDir(2)) {
		t.Error("two directories share a raft id")
	}
}

func FuzzDecodeMembers(f *testing.F) {
	f.Add(testMembers(3).append(nil))
	f.Add([]byte{memberVersion, 0xff, 0xff, 0xff, 0x7f})
	f.Fuzz(func(t *testing.T, b []byte) {
		ms, err := decodeMembers(b)
		if err != nil {
			return
		}
		again, err := decodeMembers(ms.append(nil))
		if err != nil || !reflect.DeepEqual(again, ms) {
			t.Fatalf("%+v became %+v (%v)", ms, again, err)
		}
	})
}

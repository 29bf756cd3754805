package wire

import (
	"reflect"
	"testing"
)

func TestPrivateAPIs(t *testing.T) {
	a, ok := LookupAPI(APIKeyRaftMessages)
	if !ok || a.Name != "RaftMessages" || a.RequestHeaderVersion(0) != 2 || a.ResponseHeaderVersion(0) != 1 || !a.Valid(0) || a.Valid(1) {
		t.Errorf("%+v, %v", a, ok)
	}
	if a.Listeners.Has(BrokerListener) {
		t.Error("clients may send raft messages")
	}
	if _, ok := LookupAPI(PrivateAPIKeys + 1); ok {
		t.Error("a key that nobody has")
	}
	for a := range APIs() {
		if a.Key >= PrivateAPIKeys {
			t.Errorf("%s is listed", a.Name)
		}
	}
}

func TestRaftMessagesAreReadAsWritten(t *testing.T) {
	text := "why"
	for _, m := range []struct{ in, out Message }{
		{&RaftMessagesRequest{ClusterId: "c", NodeId: 3, DirectoryId: UUID{1, 2}, Messages: [][]byte{{1}, {}, {2, 3}}}, &RaftMessagesRequest{}},
		{&RaftMessagesRequest{Messages: [][]byte{}}, &RaftMessagesRequest{Messages: [][]byte{}}},
		{&RaftMessagesResponse{ErrorCode: InconsistentClusterId, ErrorMessage: &text}, &RaftMessagesResponse{}},
		{&RaftMessagesResponse{}, &RaftMessagesResponse{ErrorCode: 5}},
	} {
		mustDecode(t, m.out, m.in.Append(nil, 0), 0)
		if !reflect.DeepEqual(m.in, m.out) {
			t.Errorf("%+v became %+v", m.in, m.out)
		}
	}
}

// FuzzRaftMessages: what comes from the network is decoded or refused, and what is
// decoded is written the same way again.
func FuzzRaftMessages(f *testing.F) {
	f.Add((&RaftMessagesRequest{ClusterId: "c", Messages: [][]byte{{1, 2}}}).Append(nil, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := NewReader(b)
		var m, again RaftMessagesRequest
		if m.Decode(r, 0); r.Err() != nil {
			return
		}
		mustDecode(t, &again, m.Append(nil, 0), 0)
		if len(m.Messages) != len(again.Messages) || m.DirectoryId != again.DirectoryId {
			t.Errorf("%+v became %+v", m, again)
		}
	})
}

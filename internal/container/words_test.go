package container

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/brolga-io/brolga/internal/wire"
)

func quorumOf(leader int32, voters ...int32) *wire.DescribeQuorumResponse {
	p := wire.DescribeQuorumResponsePartitionData{LeaderId: leader}
	for _, v := range voters {
		p.CurrentVoters = append(p.CurrentVoters, wire.DescribeQuorumResponseReplicaState{ReplicaId: v})
	}
	return &wire.DescribeQuorumResponse{Topics: []wire.DescribeQuorumResponseTopicData{{Partitions: []wire.DescribeQuorumResponsePartitionData{p}}}}
}

func TestKeeperWords(t *testing.T) {
	for _, c := range []struct {
		quorum *wire.DescribeQuorumResponse
		err    error
		word   string
		want   string
	}{
		{nil, nil, "ruok", "imok"},
		{quorumOf(3001, 3001), nil, "srvr", "Mode: standalone\n"},
		{quorumOf(3001, 3001, 3002), nil, "stat", "Mode: leader\n"},
		{quorumOf(3002, 3001, 3002), nil, "srvr", "Mode: follower\n"},
		{quorumOf(-1, 3001, 3002), nil, "srvr", notServing},
		{quorumOf(3001, 3001), errors.New("refused"), "srvr", notServing},
		{nil, nil, "conf", "conf is not executed because it is not in the whitelist.\n"},
	} {
		k := keeperWords{self: 3001, ask: func(_ string, _ wire.Request, _ int16, resp wire.Message) error {
			*resp.(*wire.DescribeQuorumResponse) = *c.quorum
			return c.err
		}}
		got := k.answer(c.word)
		if len(got) < len(c.want) || got[len(got)-len(c.want):] != c.want {
			t.Errorf("%s: %q, want %q at its end", c.word, got, c.want)
		}
	}
}

// A word is answered, a request of Kafka reaches the server whole, a connection that
// says nothing holds nobody up, and closing ends them all.
func TestWordListener(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := listenForWords(inner, keeperWords{}.answer)
	dial := func() net.Conn {
		c, err := net.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	silent := dial()
	word := dial()
	if _, err := io.WriteString(word, "ruok\n"); err != nil {
		t.Fatal(err)
	}
	if said, err := io.ReadAll(word); string(said) != "imok" || err != nil {
		t.Errorf("ruok: %q, %v", said, err)
	}
	request := dial()
	frame := binary.BigEndian.AppendUint32(nil, 5)
	frame = append(frame, "hello"...)
	if _, err := request.Write(frame); err != nil {
		t.Fatal(err)
	}
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(frame))
	if _, err := io.ReadFull(accepted, got); err != nil || string(got) != string(frame) {
		t.Errorf("the server read %q, %v", got, err)
	}
	accepted.Close()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	for range 2 {
		if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	}
	if _, err := silent.Read(got); err == nil {
		t.Error("the silent connection is still open")
	}
}

package container

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/wire"
)

func TestKeeperWords(t *testing.T) {
	for _, c := range []struct {
		word   string
		voters int
		leader int32
		err    error
		want   string
	}{
		{"ruok", 1, -1, nil, "imok"},
		{"srvr", 1, 3001, nil, "Mode: standalone\n"},
		{"stat", 2, 3001, nil, "Mode: leader\n"},
		{"srvr", 2, 3002, nil, "Mode: follower\n"},
		{"srvr", 2, -1, nil, notServing},
		{"srvr", 1, 3001, errors.New("refused"), notServing},
		{"conf", 1, 3001, nil, "conf is not executed because it is not in the whitelist.\n"},
	} {
		k := keeperWords{self: 3001, voters: c.voters, ask: func(_ string, _ wire.Request, _ int16, resp wire.Message) error {
			resp.(*wire.DescribeClusterResponse).ControllerId = c.leader
			return c.err
		}}
		if got := k.answer(c.word); !strings.HasSuffix(got, c.want) {
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

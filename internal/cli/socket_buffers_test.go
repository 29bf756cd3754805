package cli

import (
	"crypto/tls"
	"net"
	"testing"

	"golang.org/x/sys/unix"
)

func TestDialOptions(t *testing.T) {
	for _, c := range []struct {
		props clientProps
		conf  *tls.Config
		want  int
		wrong string
	}{
		{clientProps{}, nil, 0, ""},
		{clientProps{"receive.buffer.bytes": "-1"}, nil, 0, ""},
		{clientProps{"receive.buffer.bytes": "1024"}, nil, 1, ""},
		{clientProps{}, &tls.Config{}, 1, ""},
		{clientProps{"send.buffer.bytes": "1024"}, &tls.Config{}, 1, ""},
		{clientProps{"send.buffer.bytes": "-2"}, nil, 0, "Invalid value -2 for configuration send.buffer.bytes: Value must be at least -1"},
		{clientProps{"receive.buffer.bytes": "big"}, nil, 0, "Invalid value big for configuration receive.buffer.bytes: Not a number of type INT"},
	} {
		opts, err := dialOptions(c.props, c.conf)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if len(opts) != c.want || got != c.wrong {
			t.Errorf("%v: %d options, %q", c.props, len(opts), got)
		}
	}
}

// The kernel doubles what it is asked for.
func TestBufferedDialer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	d := &bufferedDialer{receiveBytes: 20000, sendBytes: -1}
	conn, err := d.dial(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var size int
	var failed error
	if err := raw.Control(func(fd uintptr) { size, failed = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF) }); err != nil || failed != nil {
		t.Fatal(err, failed)
	}
	if size != 40000 {
		t.Errorf("the receive buffer has %d bytes, want 40000", size)
	}
}

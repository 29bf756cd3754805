package cli

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

const connectTimeout = 10 * time.Second

// dialOptions are how connections are made: over TLS where conf is set, and with
// the socket buffers that the properties name. Where they name none, the system
// sizes the buffers by itself, which is faster than Java's fixed defaults.
func dialOptions(props clientProps, conf *tls.Config) ([]kgo.Opt, error) {
	n := numbers{props: props}
	receive := n.int("receive.buffer.bytes", -1, -1)
	send := n.int("send.buffer.bytes", -1, -1)
	switch {
	case n.err != nil:
		return nil, n.err
	case receive < 0 && send < 0 && conf == nil:
		return nil, nil
	case receive < 0 && send < 0:
		return []kgo.Opt{kgo.DialTLSConfig(conf)}, nil
	}
	d := &bufferedDialer{receiveBytes: int(receive), sendBytes: int(send), tls: conf}
	return []kgo.Opt{kgo.Dialer(d.dial)}, nil
}

// bufferedDialer connects with socket buffers of given sizes; negative sizes are
// left to the system.
type bufferedDialer struct {
	receiveBytes, sendBytes int
	tls                     *tls.Config
}

func (d *bufferedDialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: connectTimeout}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	// A size that the system refuses only costs speed.
	if tcp, ok := conn.(*net.TCPConn); ok && d.receiveBytes > 0 {
		_ = tcp.SetReadBuffer(d.receiveBytes)
	}
	if tcp, ok := conn.(*net.TCPConn); ok && d.sendBytes > 0 {
		_ = tcp.SetWriteBuffer(d.sendBytes)
	}
	if d.tls == nil {
		return conn, nil
	}
	conf := d.tls.Clone()
	if conf.ServerName == "" {
		if conf.ServerName, _, err = net.SplitHostPort(address); err != nil {
			conn.Close()
			return nil, err
		}
	}
	secure := tls.Client(conn, conf)
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return secure, nil
}

package peer

import (
	"errors"
	"io"
	"net"
	"syscall"
	"time"
)

var (
	// ErrClosed means that the connection was closed by this side.
	ErrClosed = errors.New("the connection is closed")
	// ErrNoAddress means that nobody knows where to dial now.
	ErrNoAddress = errors.New("no address is known")
	// ErrConnect means that a dial failed; nothing was sent.
	ErrConnect = errors.New("cannot connect")
	// errAnswer is an answer that does not follow the protocol.
	errAnswer = errors.New("invalid answer")
)

// Dial opens a connection to host:port. An address at which no process listens
// must give an error that is syscall.ECONNREFUSED.
type Dial func(address string, timeout time.Duration) (net.Conn, error)

// DialTCP is Dial over the network.
func DialTCP(address string, timeout time.Duration) (net.Conn, error) {
	return net.DialTimeout("tcp", address, timeout)
}

// Defaults of Options.
const (
	DefaultConnectTimeout = 2 * time.Second
	DefaultRequestTimeout = 5 * time.Second
	DefaultMinBackoff     = 50 * time.Millisecond
	DefaultMaxBackoff     = time.Second
	DefaultMaxAnswerBytes = 100 << 20
)

// Options are those of a Conn or a Pipe. What is zero has a default.
type Options struct {
	// ClientID names this node in the other one's log.
	ClientID string
	// Dial is DialTCP unless given.
	Dial Dial
	// ConnectTimeout bounds a dial, RequestTimeout the time from the first byte of
	// a request to the last one of its answer.
	ConnectTimeout, RequestTimeout time.Duration
	// MinBackoff and MaxBackoff bound the pause between two dials that fail.
	MinBackoff, MaxBackoff time.Duration
	// MaxAnswerBytes bounds one answer.
	MaxAnswerBytes int
	// Repeatable says that any request may be sent twice. Then a Conn does not look
	// before each one whether the other end has closed the connection since, which is
	// a system call; the request fails and is sent again.
	Repeatable bool
	// OnLost, if not nil, is told when an open connection broke: the other end
	// closed it or is gone. It is not told of requests that took too long.
	OnLost func(err error)
}

func (o Options) withDefaults() Options {
	if o.Dial == nil {
		o.Dial = DialTCP
	}
	o.ConnectTimeout = orElse(o.ConnectTimeout, DefaultConnectTimeout)
	o.RequestTimeout = orElse(o.RequestTimeout, DefaultRequestTimeout)
	o.MinBackoff = orElse(o.MinBackoff, DefaultMinBackoff)
	o.MaxBackoff = orElse(o.MaxBackoff, DefaultMaxBackoff)
	if o.MaxAnswerBytes == 0 {
		o.MaxAnswerBytes = DefaultMaxAnswerBytes
	}
	return o
}

func orElse(d, other time.Duration) time.Duration {
	if d == 0 {
		return other
	}
	return d
}

// Refused tells whether a dial failed because no process listens there: the
// process is dead, a frozen one would still accept.
func Refused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

// NotSent tells whether a request that failed certainly was not sent.
func NotSent(err error) bool { return errors.Is(err, ErrConnect) || errors.Is(err, ErrNoAddress) }

// lost tells whether the other end closed the connection or is gone.
func lost(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}

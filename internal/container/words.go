package container

import (
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// wordPatience is how long a connection may take to say what it speaks.
const wordPatience = 10 * time.Second

// maxSilent bounds the connections that have not said anything yet.
const maxSilent = 256

// wordListener hands on connections that speak Kafka's protocol and itself answers
// those that bring one of ZooKeeper's four-letter words. The first byte tells them
// apart: a request of Kafka begins with its length, and one that began with a letter
// would be longer than a gigabyte.
type wordListener struct {
	net.Listener
	answer func(word string) string

	accepted chan net.Conn
	failed   chan error // capacity 1
	done     chan struct{}
	silent   chan struct{} // one entry for each connection that is looked at
	running  sync.WaitGroup
	closing  sync.Once
}

func listenForWords(l net.Listener, answer func(string) string) *wordListener {
	w := &wordListener{
		Listener: l, answer: answer, accepted: make(chan net.Conn), failed: make(chan error, 1),
		done: make(chan struct{}), silent: make(chan struct{}, maxSilent),
	}
	w.running.Go(w.runAccept)
	return w
}

// Accept returns the next connection that speaks Kafka's protocol.
func (w *wordListener) Accept() (net.Conn, error) {
	select {
	case c := <-w.accepted:
		return c, nil
	case err := <-w.failed:
		w.failed <- err // for whoever asks again
		return nil, err
	}
}

// Close stops accepting; it waits for no connection.
func (w *wordListener) Close() error {
	err := w.Listener.Close()
	w.closing.Do(func() { close(w.done) })
	w.running.Wait()
	return err
}

func (w *wordListener) runAccept() {
	for {
		c, err := w.Listener.Accept()
		if err != nil {
			w.failed <- err
			return
		}
		select {
		case w.silent <- struct{}{}:
			w.running.Go(func() { w.runLook(c) })
		default:
			c.Close()
		}
	}
}

// runLook waits for the first byte of a connection.
func (w *wordListener) runLook(c net.Conn) {
	defer func() { <-w.silent }()
	ended := make(chan struct{})
	defer close(ended)
	go func() { // ends with this look
		select {
		case <-w.done:
			c.SetReadDeadline(time.Unix(1, 0))
		case <-ended:
		}
	}()
	c.SetReadDeadline(time.Now().Add(wordPatience))
	first, err := peek(c)
	if err != nil {
		c.Close()
		return
	}
	if first >= 'a' && first <= 'z' {
		w.say(c)
		return
	}
	c.SetReadDeadline(time.Time{})
	select {
	case w.accepted <- c:
	case <-w.done:
		c.Close()
	}
}

// say answers a word and closes the connection, as ZooKeeper does.
func (w *wordListener) say(c net.Conn) {
	defer c.Close()
	var word [4]byte
	if _, err := io.ReadFull(c, word[:]); err != nil {
		return
	}
	c.SetWriteDeadline(time.Now().Add(wordPatience))
	_, _ = io.WriteString(c, w.answer(string(word[:]))) // who went away needs no answer
	if tcp, ok := c.(*net.TCPConn); ok && tcp.CloseWrite() == nil {
		const newline = 64 // what may follow the word: unread, it would break the connection and lose the answer
		_, _ = io.CopyN(io.Discard, c, newline)
	}
}

// peek returns the first byte that waits in a connection and leaves it there, so
// that the server gets the connection as it came.
func peek(c net.Conn) (byte, error) {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return 0, fmt.Errorf("BUG: a listener of %s is not TCP", c.LocalAddr())
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return 0, err
	}
	var first [1]byte
	var n int
	var failed error
	err = raw.Read(func(fd uintptr) bool {
		n, _, failed = unix.Recvfrom(int(fd), first[:], unix.MSG_PEEK)
		return failed != unix.EAGAIN && failed != unix.EINTR
	})
	switch {
	case err != nil:
		return 0, err
	case failed != nil:
		return 0, failed
	case n == 0:
		return 0, io.EOF
	}
	return first[0], nil
}

package peer

import (
	"net"
	"syscall"
)

// stale tells whether the other end has closed an idle connection, so that a
// request is not sent where its fate could not be known. Connections without a
// descriptor are taken to be open.
func stale(nc net.Conn) bool {
	sc, ok := nc.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return true
	}
	closed := false
	err = raw.Read(func(fd uintptr) bool {
		var b [1]byte
		n, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		// Nothing may be there to read either: nobody asked for it.
		closed = n >= 0 && err == nil || err != syscall.EAGAIN && err != syscall.EINTR
		return true
	})
	return closed || err != nil
}

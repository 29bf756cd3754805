package server

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// sendfileStepBytes bounds one sendfile call, so that a slow peer does not keep
// the thread in the kernel for long.
const sendfileStepBytes = 256 << 10

// sendfile writes head and n bytes of fd from pos without copying the file
// through this process. done false means that nothing was written because the
// kernel cannot do it for this pair of descriptors.
func (c *Conn) sendfile(head []byte, fd uintptr, pos int64, n int) (done bool, err error) {
	sent, left := 0, n
	var opErr error
	c.writeStarts()
	defer c.writingSince.Store(0)
	werr := c.raw.Write(func(sock uintptr) bool {
		for sent < len(head) {
			// MSG_MORE: the head shares a segment with the first file bytes.
			m, err := unix.SendmsgN(int(sock), head[sent:], nil, nil, unix.MSG_MORE|unix.MSG_NOSIGNAL)
			if again, stop := retry(err, &opErr); again {
				continue
			} else if stop {
				return opErr != nil
			}
			sent += m
		}
		for left > 0 {
			m, err := syscall.Sendfile(int(sock), int(fd), &pos, min(left, sendfileStepBytes))
			if again, stop := retry(err, &opErr); again {
				continue
			} else if stop {
				return opErr != nil
			}
			if m == 0 {
				opErr = os.NewSyscallError("sendfile", syscall.ENODATA)
				return true
			}
			left -= m
			c.writeStarts()
		}
		return true
	})
	if opErr == nil {
		opErr = werr
	}
	return true, opErr
}

// retry sorts the error of one step: again for EINTR, stop for everything else
// that is not nil; then fatal holds it unless the socket is merely full.
func retry(err error, fatal *error) (again, stop bool) {
	switch err {
	case nil:
		return false, false
	case syscall.EINTR:
		return true, false
	case syscall.EAGAIN:
		return false, true
	}
	*fatal = os.NewSyscallError("sendfile", err)
	return false, true
}

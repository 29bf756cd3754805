//go:build !linux

package server

// sendfile reports that the caller must copy: only Linux's call is used.
func (c *Conn) sendfile(head []byte, fd uintptr, pos int64, n int) (done bool, err error) {
	return false, nil
}

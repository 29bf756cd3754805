package server

import (
	"net"
	"testing"
	"time"
)

// goneHandler tells how connections ended.
type goneHandler struct {
	*testHandler
	ended chan bool // PeerClosed of each
}

func (h *goneHandler) Disconnected(c *Conn) { h.ended <- c.PeerClosed() }

func TestPeerClosed(t *testing.T) {
	for name, tc := range map[string]struct {
		end  func(s *Server, c net.Conn)
		want bool
	}{
		"closed": {func(_ *Server, c net.Conn) { c.Close() }, true},
		"reset": {func(_ *Server, c net.Conn) {
			c.(*net.TCPConn).SetLinger(0)
			c.Close()
		}, true},
		"a bad frame":  {func(_ *Server, c net.Conn) { c.Write([]byte{0xff, 0xff, 0xff, 0xff}) }, false},
		"our shutdown": {func(s *Server, _ net.Conn) { s.Shutdown(time.Second) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := &goneHandler{newTestHandler(), make(chan bool, 1)}
			s, addr := startTCP(t, Config{}, h)
			c := dialTCP(t, addr)
			waitFor(t, func() bool { return s.ConnectionCount() == 1 })
			tc.end(s, c)
			if got := <-h.ended; got != tc.want {
				t.Errorf("PeerClosed() is %v", got)
			}
		})
	}
}

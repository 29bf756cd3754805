package clock

import (
	"bufio"
	"fmt"
	"net"
	"path/filepath"
	"testing"
	"time"
)

// TestSet: one line there, one back; what is not "ok" is an error.
func TestSet(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	orders := make(chan string, 2)
	go func() {
		for _, answer := range []string{"ok", "no order"} {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			line, _ := bufio.NewReader(nc).ReadString('\n')
			orders <- line
			fmt.Fprintln(nc, answer)
			nc.Close()
		}
	}()
	c := Control{socket}
	if err := c.Set(-26 * time.Hour); err != nil {
		t.Error(err)
	}
	if err := c.Set(0); err == nil || err.Error() != "no order" {
		t.Errorf("refused with %v", err)
	}
	if first, second := <-orders, <-orders; first != "clock-offset -26h0m0s\n" || second != "clock-offset 0s\n" {
		t.Errorf("ordered %q and %q", first, second)
	}
	if err := (Control{socket + "x"}).Set(0); err == nil {
		t.Error("set the clock of nobody")
	}
}

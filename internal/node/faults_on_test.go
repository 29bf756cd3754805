//go:build faults

package node

import (
	"bufio"
	"fmt"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/shard"
)

// TestFaultyClock: the wall clock jumps as it is told, timers do not.
func TestFaultyClock(t *testing.T) {
	if c, end, err := faultyClock(""); c != nil || err != nil {
		t.Errorf("without a socket: %v, %v", c, err)
	} else {
		end()
	}
	socket := filepath.Join(t.TempDir(), "s")
	for range 2 { // the second finds the socket of the first
		clock, end, err := faultyClock(socket)
		if err != nil {
			t.Fatal(err)
		}
		nc, err := net.Dial("unix", socket)
		if err != nil {
			t.Fatal(err)
		}
		answers := bufio.NewScanner(nc)
		for _, order := range []struct {
			line   string
			ok     bool
			offset time.Duration
		}{
			{"clock-offset -24h", true, -24 * time.Hour}, {"clock-offset 87600h", true, 87600 * time.Hour},
			{"clock-offset much", false, 87600 * time.Hour}, {"", false, 87600 * time.Hour}, {"clock-offset 0s", true, 0},
		} {
			before := clock.Now()
			fmt.Fprintln(nc, order.line)
			if !answers.Scan() || (answers.Text() == "ok") != order.ok {
				t.Errorf("%q: %q", order.line, answers.Text())
			}
			wall := time.UnixMilli(shard.WallMs(clock))
			if off := time.Until(wall) - order.offset; off > time.Second || off < -10*time.Second {
				t.Errorf("%q: the wall clock is wrong by %v", order.line, time.Until(wall))
			}
			if d := clock.Now().Sub(before); d < 0 || d > 10*time.Second {
				t.Errorf("%q: a duration of %v", order.line, d)
			}
		}
		end()
		nc.Close()
	}
}

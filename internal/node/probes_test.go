package node

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
)

// TestProbes: only two refused dials, some time apart, prove a death.
func TestProbes(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	for name, tc := range map[string]struct {
		dials []error // nil: accepted
		dead  bool
	}{
		"dead":             {[]error{refused, refused}, true},
		"frozen or alive":  {[]error{nil}, false},
		"started again":    {[]error{refused, nil}, false},
		"network down":     {[]error{errors.New("i/o timeout")}, false},
		"network down now": {[]error{refused, errors.New("i/o timeout")}, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var at []time.Duration
				var dead []string
				begin := time.Now()
				p := &probes{listener: "B", stop: make(chan struct{}),
					dial: func(address string, _ time.Duration) (net.Conn, error) {
						if address != "h:2" {
							t.Errorf("dialled %s", address)
						}
						at = append(at, time.Since(begin))
						if err := tc.dials[len(at)-1]; err != nil {
							return nil, err
						}
						near, far := net.Pipe()
						far.Close()
						return near, nil
					},
					dead: func(id int32, epoch int64) { dead = append(dead, fmt.Sprint(id, " ", epoch)) },
				}
				p.begin(4, 9, []metadata.Endpoint{{Name: "A", Host: "h", Port: 1}, {Name: "B", Host: "h", Port: 2}})
				p.running.Wait()
				p.close()
				if want := map[bool][]string{true: {"4 9"}}[tc.dead]; !slices.Equal(dead, want) {
					t.Errorf("dead: %v, want %v", dead, want)
				}
				if len(at) != len(tc.dials) || len(at) == 2 && at[1]-at[0] < probePause {
					t.Errorf("dialled after %v", at)
				}
			})
		})
	}
}

// TestProbesEnd: a probe that waits for its second dial does not keep a node alive.
func TestProbesEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &probes{stop: make(chan struct{}), dial: func(string, time.Duration) (net.Conn, error) { return nil, syscall.ECONNREFUSED },
			dead: func(int32, int64) { t.Error("told of a death") }}
		p.begin(1, 1, []metadata.Endpoint{{Name: "B"}})
		synctest.Wait()
		begin := time.Now()
		p.close()
		if time.Since(begin) != 0 {
			t.Errorf("closing took %v", time.Since(begin))
		}
	})
}

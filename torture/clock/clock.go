package clock

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// Variable is the environment variable that names the socket.
const Variable = "BROLGA_FAULTS"

// MaxSocket is the longest path of a socket, in bytes.
const MaxSocket = 107

// answerLimit is how long a process may take to obey; one that is stopped does not.
const answerLimit = 5 * time.Second

// Control is the socket of a process.
type Control struct{ Socket string }

// Set makes the wall clock of the process wrong by an offset, 0: right again.
func (c Control) Set(offset time.Duration) error {
	nc, err := net.DialTimeout("unix", c.Socket, answerLimit)
	if err != nil {
		return err
	}
	defer nc.Close()
	if err := nc.SetDeadline(time.Now().Add(answerLimit)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(nc, "clock-offset %v\n", offset); err != nil {
		return err
	}
	answer, err := bufio.NewReader(nc).ReadString('\n')
	if err != nil {
		return err
	}
	if answer = strings.TrimSpace(answer); answer != "ok" {
		return errors.New(answer)
	}
	return nil
}

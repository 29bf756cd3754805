package lab

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"sync"
	"time"

	"github.com/brolga-io/brolga/internal/console/view"
)

// request is a line that another `brolga lab` sends; an empty verb asks only.
type request struct {
	Verb   view.LabVerb `json:"verb,omitempty"`
	Broker int32        `json:"broker,omitempty"`
}

// reply is the line that answers it.
type reply struct {
	Error   string           `json:"error,omitempty"`
	Brokers []view.LabBroker `json:"brokers"`
	Console string           `json:"console,omitempty"`
}

// control serves the socket in the lab's directory, which only its owner may use.
type control struct {
	lab      *Lab
	path     string
	listener net.Listener
	stop     context.CancelFunc
	serving  sync.WaitGroup
}

// listenControl takes the socket; a lab that runs already keeps it.
func listenControl(dir string, l *Lab) (*control, error) {
	path := socketPath(dir)
	if conn, err := net.Dial("unix", path); err == nil {
		conn.Close()
		return nil, fmt.Errorf("A lab is running in %s already: `brolga lab status` shows it", dir)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("The control socket of the lab: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	ctx, stop := context.WithCancel(context.Background())
	c := &control{lab: l, path: path, listener: listener, stop: stop}
	c.serving.Add(1)
	go c.runAccept(ctx)
	return c, nil
}

func (c *control) runAccept(ctx context.Context) {
	defer c.serving.Done()
	for {
		conn, err := c.listener.Accept()
		if err != nil {
			return
		}
		c.serving.Add(1)
		go c.runConn(ctx, conn)
	}
}

// runConn answers one request.
func (c *control) runConn(ctx context.Context, conn net.Conn) {
	defer c.serving.Done()
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	line, err := bufio.NewReaderSize(conn, 4<<10).ReadSlice('\n')
	if err != nil {
		return
	}
	var r request
	answer := reply{Console: c.lab.o.Console}
	if err := json.Unmarshal(line, &r); err != nil {
		answer.Error = "That is no request to a lab"
	} else if r.Verb != "" {
		if err := c.lab.Control(ctx, r.Broker, r.Verb); err != nil {
			answer.Error = err.Error()
		}
	}
	answer.Brokers = c.lab.Brokers()
	_ = json.NewEncoder(conn).Encode(answer) // who asked may have gone
}

func (c *control) close() {
	c.stop()
	c.listener.Close()
	c.serving.Wait()
	_ = os.Remove(c.path) // the listener has removed it already where it could
}

// ask sends a request to the lab that runs in a directory.
func ask(dir string, r request) (reply, error) {
	conn, err := net.Dial("unix", socketPath(dir))
	if err != nil {
		return reply{}, fmt.Errorf("No lab is running in %s: `brolga lab` starts one", dir)
	}
	defer conn.Close()
	if err := json.NewEncoder(conn).Encode(r); err != nil {
		return reply{}, err
	}
	var answer reply
	if err := json.NewDecoder(conn).Decode(&answer); err != nil {
		return reply{}, errors.New("The lab went away before it answered")
	}
	if answer.Error != "" {
		return answer, errors.New(answer.Error)
	}
	return answer, nil
}

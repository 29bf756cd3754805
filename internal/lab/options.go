package lab

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
)

// Where a lab is unless told otherwise.
const (
	defaultDir            = "brolga-lab"
	defaultBrokers        = 3
	defaultPort           = 9092
	defaultControllerPort = 19193
	defaultConsole        = "http://localhost:8080"
)

// maxBrokers is the most that a lab has; each is a process.
const maxBrokers = 15

// Options say what kind of lab to start.
type Options struct {
	// Dir holds everything: <id>/server.properties, <id>/data, <id>/server.log and
	// the control socket.
	Dir string
	// Brokers is how many there are, 1 to 15; their ids count from 1.
	Brokers int
	// Port is the first broker's; the others follow it.
	Port int
	// ControllerPort is the first controller's; the others follow it.
	ControllerPort int
	// Console is where the page is served, http://host:port, or none.
	Console string
	// Program is the binary that is started as `Program server …`.
	Program string
	Log     *slog.Logger
}

func defaults() Options {
	return Options{Dir: defaultDir, Brokers: defaultBrokers, Port: defaultPort, ControllerPort: defaultControllerPort, Console: defaultConsole}
}

// check says in a sentence what cannot be done.
func (o *Options) check() error {
	switch {
	case o.Brokers < 1 || o.Brokers > maxBrokers:
		return fmt.Errorf("A lab has 1 to %d brokers, not %d", maxBrokers, o.Brokers)
	case o.Port < 1 || o.Port+o.Brokers > 1<<16 || o.ControllerPort < 1 || o.ControllerPort+o.Brokers > 1<<16:
		return errors.New("The ports of a lab lie between 1 and 65535")
	}
	abs, err := filepath.Abs(o.Dir)
	if err != nil {
		return err
	}
	o.Dir = abs
	return os.MkdirAll(abs, 0o755)
}

// voters is how many brokers are controllers too: three can lose one, and more
// would only cost.
func (o *Options) voters() int {
	const most = 3
	if o.Brokers < most {
		return 1
	}
	return most
}

func (o *Options) brokerDir(id int32) string {
	return filepath.Join(o.Dir, fmt.Sprint(id))
}

// socketPath is where the lab is told what to do.
func socketPath(dir string) string { return filepath.Join(dir, "control.sock") }

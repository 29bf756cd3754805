package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/brolga-io/brolga/internal/console/view"
)

// Lab is a running lab. It satisfies console.LabControl.
type Lab struct {
	o       Options
	brokers []*broker
	spawner *spawner
	control *control
}

// Open makes the files of a lab and takes its control socket; no broker runs yet.
func Open(o Options, notify func(broker int32, what string)) (*Lab, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	l := &Lab{o: o, spawner: newSpawner()}
	for id := int32(1); int(id) <= o.Brokers; id++ {
		l.brokers = append(l.brokers, &broker{
			id: id, address: fmt.Sprintf("localhost:%d", o.Port+int(id)-1), dir: o.brokerDir(id), program: o.Program,
			now: time.Now, spawn: l.spawner.start, state: view.LabStopped, since: time.Now(),
			notify: func(b *broker, what string) { notify(b.id, what) },
		})
	}
	control, err := listenControl(o.Dir, l)
	if err != nil {
		l.spawner.close()
		return nil, err
	}
	l.control = control
	if err := l.prepare(); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// prepare writes the files of the brokers and formats what is new.
func (l *Lab) prepare() error {
	id, err := l.o.clusterID()
	if err != nil {
		return err
	}
	for _, b := range l.brokers {
		if err := os.MkdirAll(b.dir, 0o755); err != nil {
			return err
		}
		file := filepath.Join(b.dir, "server.properties")
		if err := os.WriteFile(file, l.o.properties(b.id), 0o644); err != nil {
			return err
		}
		format := exec.Command(l.o.Program, "kafka-storage", "format", "--cluster-id", id, "--config", file, "--ignore-formatted")
		if out, err := format.CombinedOutput(); err != nil {
			return fmt.Errorf("The directory of broker %d cannot be formatted: %s", b.id, out)
		}
	}
	return l.portsFree()
}

// portsFree says which port another program has, before any broker starts.
func (l *Lab) portsFree() error {
	for i := range l.o.Brokers {
		for _, port := range []int{l.o.Port + i, l.o.ControllerPort + i} {
			listener, err := net.Listen("tcp", fmt.Sprintf("localhost:%d", port))
			if err != nil {
				return fmt.Errorf("Port %d is taken: stop what listens there, or choose others with --port and --controller-port", port)
			}
			listener.Close()
		}
	}
	return nil
}

// StartAll starts every broker at once and waits until all serve.
func (l *Lab) StartAll(ctx context.Context) error {
	return l.each(func(b *broker) error { return b.start(ctx) })
}

// Close ends every broker and the control socket.
func (l *Lab) Close() error {
	err := l.each(func(b *broker) error {
		if b.view().PID == 0 {
			return nil
		}
		if err := b.stop(context.Background(), syscall.SIGTERM); err != nil {
			return b.stop(context.Background(), syscall.SIGKILL)
		}
		return nil
	})
	if l.control != nil {
		l.control.close()
	}
	l.spawner.close()
	return err
}

func (l *Lab) each(do func(*broker) error) error {
	errs := make([]error, len(l.brokers))
	var wait sync.WaitGroup
	for i, b := range l.brokers {
		wait.Go(func() { errs[i] = do(b) })
	}
	wait.Wait()
	return errors.Join(errs...)
}

// Brokers lists the brokers and what they are doing.
func (l *Lab) Brokers() []view.LabBroker {
	var all []view.LabBroker
	for _, b := range l.brokers {
		all = append(all, b.view())
	}
	return all
}

// Control does something to a broker and returns when it is done.
func (l *Lab) Control(ctx context.Context, id int32, verb view.LabVerb) error {
	if id < 1 || int(id) > len(l.brokers) {
		return fmt.Errorf("This lab has brokers 1 to %d, and no broker %d", len(l.brokers), id)
	}
	b := l.brokers[id-1]
	switch verb {
	case view.LabStart:
		return b.start(ctx)
	case view.LabStop:
		return b.stop(ctx, syscall.SIGTERM)
	case view.LabKill:
		return b.stop(ctx, syscall.SIGKILL)
	case view.LabPause:
		return b.freeze(view.LabRunning, view.LabPaused, syscall.SIGSTOP)
	case view.LabResume:
		return b.freeze(view.LabPaused, view.LabRunning, syscall.SIGCONT)
	}
	return fmt.Errorf("A broker cannot be told to %s", verb)
}

// Command is the command line that does the same as Control.
func (l *Lab) Command(id int32, verb view.LabVerb) string {
	return fmt.Sprintf("brolga lab %s %d", verb, id)
}

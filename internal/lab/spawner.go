package lab

import (
	"os/exec"
	"runtime"
)

// spawner starts processes from one thread that lives as long as the lab: on
// Linux the kernel ends a child when the thread that made it ends, which is how
// brokers do not outlive a lab that was killed.
type spawner struct {
	requests chan spawnRequest
	done     chan struct{}
}

type spawnRequest struct {
	cmd    *exec.Cmd
	result chan error
}

func newSpawner() *spawner {
	s := &spawner{requests: make(chan spawnRequest), done: make(chan struct{})}
	go s.run()
	return s
}

func (s *spawner) run() {
	defer close(s.done)
	runtime.LockOSThread() // never unlocked: the thread ends with this goroutine
	for r := range s.requests {
		endWithParent(r.cmd)
		r.result <- r.cmd.Start()
	}
}

func (s *spawner) start(cmd *exec.Cmd) error {
	r := spawnRequest{cmd, make(chan error, 1)}
	s.requests <- r
	return <-r.result
}

func (s *spawner) close() {
	close(s.requests)
	<-s.done
}

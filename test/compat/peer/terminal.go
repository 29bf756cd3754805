package peer

import (
	"fmt"
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// StartOnTerminal starts a tool with a terminal as its standard input, output
// and error. What is written to Stdin is typed; Stdout is the screen.
func (s Tools) StartOnTerminal(t testing.TB, tool string, args ...string) *Process {
	t.Helper()
	screen, tty := terminal(t)
	cmd := s.cmd(t, tool, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	p := &Process{Stdin: screen, Stdout: &Output{}, Stderr: &Output{}, cmd: cmd, done: make(chan struct{})}
	p.launch(t)
	tty.Close()
	read := make(chan struct{})
	go func() {
		defer close(read)
		buf := make([]byte, 4096)
		for {
			n, err := screen.Read(buf) // ends with an error when the tool does
			p.Stdout.Write(buf[:n])
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		p.Kill()
		<-read
		screen.Close()
	})
	return p
}

// terminal opens a pseudo terminal: the screen's side and the program's.
func terminal(t testing.TB) (screen, tty *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(screen.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(screen.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	return screen, tty
}

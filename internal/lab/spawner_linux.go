package lab

import (
	"os/exec"
	"syscall"
)

// endWithParent makes the kernel end the process with the thread that starts it,
// and keeps a Ctrl-C at the terminal for the lab alone: the lab stops its brokers
// itself.
func endWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM, Setpgid: true}
}

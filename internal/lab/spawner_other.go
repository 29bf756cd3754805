//go:build !linux

package lab

import (
	"os/exec"
	"syscall"
)

// endWithParent keeps a Ctrl-C at the terminal for the lab alone. These kernels
// cannot end a process with its parent.
func endWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

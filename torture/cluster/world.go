package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// worldVariable tells a process that it is in a world of its own already.
const worldVariable = "BROLGA_TORTURE_WORLD"

// InWorld tells whether this process has network, mounts and process ids of its own.
func InWorld() bool { return os.Getenv(worldVariable) != "" }

// Isolation tells why this process cannot have a world of its own, nil if it can.
func Isolation() error {
	if os.Geteuid() != 0 {
		return errors.New("network namespaces need root")
	}
	for _, tool := range []string{"ip", "nft", "tc", "nsenter"} {
		if _, err := exec.LookPath(tool); err != nil {
			return err
		}
	}
	return nil
}

// Enter runs this program again, with more environment, in a world of its own if that
// can be, and returns its exit code. The other one is then the first process of its
// namespaces: when it ends, by itself or by a signal, the kernel kills every process in
// it and takes back interfaces, mounts and loop devices. It is killed when ctx ends.
func Enter(ctx context.Context, args []string, env ...string) (int, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	runtime.LockOSThread() // Pdeathsig is about the thread
	defer runtime.UnlockOSThread()
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if Isolation() == nil {
		cmd.Env = append(cmd.Env, worldVariable+"=1")
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID
	}
	// Without namespaces the nodes are in the group of the round's process.
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}

// Settle prepares the world that Enter made: mounts that nobody else sees, /proc of
// this namespace, and a place for the names of network namespaces.
func Settle() error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("private mounts: %w", err)
	}
	if err := syscall.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	if err := syscall.Mount("tmpfs", "/run", "tmpfs", 0, "mode=755"); err != nil {
		return fmt.Errorf("mount /run: %w", err)
	}
	return command("ip", "link", "set", "lo", "up")
}

// command runs a program of the system and returns what it complained about.
func command(name string, args ...string) error {
	_, err := output(name, args...)
	return err
}

func output(name string, args ...string) (string, error) {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s %v: %w: %s", name, args, err, out)
	}
	return string(out), nil
}

package node

import (
	"os"
	"runtime"
	"strings"
	"syscall"
)

// calmSetting keeps the thread of Go's runtime that watches over system calls
// (sysmon) from lying down when no goroutine runs. A broker runs dry and is woken
// some thousand times a second, and each time its first system call would have to
// wake that thread too, which then looks every 20 µs again: a sixth of the CPU time
// of replication (docs/performance.md). With the setting sysmon looks every 10 ms
// unless it finds a call that hangs, as it does in a process that is never idle.
//
// What the setting is made for is to print the scheduler's state, here each 2³¹-1 ms:
// one line on stderr in 24 days that the machine is up. It is not among those that a
// binary can carry (//go:debug), nor can it change in a process that runs.
const calmSetting = "schedtrace=2147483647"

// CalmScheduler has a server run with calmSetting: the process executes itself once
// more, with the same id, arguments and files. Where that cannot be done the server
// runs without.
func CalmScheduler() {
	if runtime.GOOS != "linux" {
		return // measured there only
	}
	environ, chosen := calmEnviron(os.Environ())
	if chosen {
		return
	}
	// Not /proc/self/exe, after which tools would call the process.
	self, err := os.Executable()
	if err != nil {
		return
	}
	_ = syscall.Exec(self, os.Args, environ) // returns only if it failed
}

// calmEnviron returns environ with calmSetting, beside what GODEBUG says already.
// chosen says that GODEBUG decides about it: this is the second execution, or
// somebody wants it otherwise.
func calmEnviron(environ []string) (calm []string, chosen bool) {
	const variable = "GODEBUG="
	for i, v := range environ {
		settings, found := strings.CutPrefix(v, variable)
		if !found {
			continue
		}
		for setting := range strings.SplitSeq(settings, ",") {
			if strings.HasPrefix(setting, "schedtrace=") {
				return environ, true
			}
		}
		if settings != "" {
			settings += ","
		}
		calm = append(append(calm, environ[:i]...), environ[i+1:]...)
		return append(calm, variable+settings+calmSetting), false
	}
	return append(append(calm, environ...), variable+calmSetting), false
}

package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// runServerStop is kafka-server-stop: SIGTERM (or what KAFKA_SIGNAL or --signal
// says) to every server process of this executable that the user may signal.
// Options that select one by role or node id are read from its properties file.
func runServerStop(env *Env, args []string) int {
	want, err := parseStopArgs(args)
	if err != "" {
		env.errln(err)
		return 1
	}
	self, linkErr := os.Readlink("/proc/self/exe")
	if linkErr != nil {
		env.errln("Cannot find the own executable: " + linkErr.Error())
		return 1
	}
	stopped := 0
	for _, p := range serverProcesses("/proc", self, os.Getpid()) {
		if !want.matches(p) {
			continue
		}
		if syscall.Kill(p.pid, want.signal) == nil {
			stopped++
		}
	}
	if stopped == 0 {
		env.outln("No kafka server to stop")
		return 1
	}
	return 0
}

// stopArgs selects servers and how they are told.
type stopArgs struct {
	signal     syscall.Signal
	role, node string
}

// parseStopArgs reads the arguments; a text is what is wrong with them.
func parseStopArgs(args []string) (stopArgs, string) {
	want := stopArgs{signal: syscall.SIGTERM}
	switch name := strings.TrimPrefix(os.Getenv("SIGNAL"), "SIG"); name {
	case "", "TERM":
	case "KILL":
		want.signal = syscall.SIGKILL
	case "INT":
		want.signal = syscall.SIGINT
	default:
		return want, "Unknown signal " + name
	}
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "--process-role":
			want.role = value
		case "--node-id":
			want.node = value
		default:
			return want, "Unknown option " + arg
		}
	}
	return want, ""
}

// serverProcess is a running server and the words it was started with.
type serverProcess struct {
	pid  int
	args []string
	dir  string // working directory
}

// serverProcesses scans a /proc for processes of the executable that run the
// server. Links have the same executable, so a tool is told by its words.
func serverProcesses(proc, executable string, own int) []serverProcess {
	entries, err := os.ReadDir(proc)
	if err != nil {
		return nil
	}
	var found []serverProcess
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == own {
			continue
		}
		exe, err := os.Readlink(filepath.Join(proc, e.Name(), "exe"))
		// A binary that was replaced while it ran has this suffix.
		if err != nil || strings.TrimSuffix(exe, " (deleted)") != executable {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(proc, e.Name(), "cmdline"))
		if err != nil {
			continue
		}
		words := strings.Split(string(bytes.TrimRight(raw, "\x00")), "\x00")
		if args, ok := serverArgs(words); ok {
			dir, _ := os.Readlink(filepath.Join(proc, e.Name(), "cwd"))
			found = append(found, serverProcess{pid, args, dir})
		}
	}
	return found
}

// serverArgs tells whether a command line runs the server and with what.
func serverArgs(words []string) ([]string, bool) {
	if len(words) == 0 {
		return nil, false
	}
	name := strings.TrimSuffix(filepath.Base(words[0]), ".sh")
	if name == "kafka-server-start" {
		return words[1:], true
	}
	if strings.HasPrefix(name, "kafka-") || len(words) < 2 {
		return nil, false
	}
	switch strings.TrimSuffix(words[1], ".sh") {
	case "server", "server-start", "kafka-server-start":
		return words[2:], true
	}
	return nil, false
}

func (w stopArgs) matches(p serverProcess) bool {
	if w.role == "" && w.node == "" {
		return true
	}
	props := clientProps{}
	for i, arg := range p.args {
		switch {
		case arg == "--override" && i+1 < len(p.args):
			props.merge(parseKeyValues(p.args[i+1 : i+2]))
		case strings.HasSuffix(arg, ".properties"):
			if !filepath.IsAbs(arg) {
				arg = filepath.Join(p.dir, arg)
			}
			if file, err := loadProps(arg); err == nil {
				props = file.merge(props)
			}
		}
	}
	node := props["node.id"]
	if node == "" {
		node = props["broker.id"]
	}
	return (w.role == "" || strings.ReplaceAll(props["process.roles"], " ", "") == w.role) && (w.node == "" || node == w.node)
}

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

const serverStartUsage = "USAGE: kafka-server-start [-daemon] server.properties [--override property=value]*"

// runServerStart is kafka-server-start: the server with its file, in the
// background with -daemon.
func runServerStart(env *Env, args []string) int {
	daemon := len(args) > 0 && args[0] == "-daemon"
	if daemon {
		args = args[1:]
	}
	if len(args) < 1 {
		env.errln(serverStartUsage)
		return 1
	}
	// Options that Java's script hands to the JVM's launcher mean nothing here.
	for len(args) > 1 && (args[0] == "-name" || args[0] == "-loggc") {
		if args[0] == "-name" {
			args = args[1:]
		}
		args = args[1:]
	}
	if strings.HasPrefix(args[0], "-") && args[0] != "--version" && args[0] != "--help" {
		env.errln(serverStartUsage)
		return 1
	}
	if daemon {
		return startDaemon(env, args)
	}
	if env.Server == nil {
		env.errln("This binary has no server.")
		return 1
	}
	return env.Server(args, env.Stdout, env.Stderr)
}

// startDaemon runs the server as a process of its own session that outlives the
// terminal. As with Kafka's script, what it prints goes to LOG_DIR (default
// logs)/kafkaServer.out.
func startDaemon(env *Env, args []string) int {
	logDir := os.Getenv("LOG_DIR")
	if logDir == "" {
		logDir = "logs"
	}
	if err := os.MkdirAll(logDir, 0o755); err != nil {
		env.errln("Cannot create the log directory: " + err.Error())
		return 1
	}
	out, err := os.OpenFile(filepath.Join(logDir, "kafkaServer.out"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o644)
	if err != nil {
		env.errln("Cannot write the log: " + err.Error())
		return 1
	}
	defer out.Close()
	self, err := os.Executable()
	if err != nil {
		env.errln("Cannot find the own executable: " + err.Error())
		return 1
	}
	cmd := exec.Command(self, append([]string{"server"}, args...)...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		env.errln("Cannot start the server: " + err.Error())
		return 1
	}
	return 0
}

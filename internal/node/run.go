package node

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/shard"
)

// Exit codes of a server process.
const (
	exitOK     = 0
	exitFailed = 1
)

// Run is `brolga server`: it starts a node from the arguments of
// kafka-server-start, runs until SIGTERM or SIGINT, and returns the exit code.
// What a person did wrong is told in one sentence on stderr.
func Run(args []string, stdout, stderr io.Writer) int {
	return RunIn(args, Surroundings{}, stdout, stderr)
}

// Surroundings are what a process around the server may lend it. What is zero has a
// default.
type Surroundings struct {
	// Listen opens a listener's address.
	Listen func(address string) (net.Listener, error)
	// Started is called whenever the node has come to where it serves.
	Started func()
	// Signals may hold a signal that came before the server did.
	Signals chan os.Signal
	// Levels are the levels of loggers by name, "root" for all that have none of
	// their own: TRACE, DEBUG, INFO, WARN, ERROR or FATAL.
	Levels map[string]string
}

// RunIn is Run in surroundings of its own.
func RunIn(args []string, s Surroundings, stdout, stderr io.Writer) int {
	cfg, err := load(args)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitFailed
	}
	log := slog.New(newHandler(cfg, stdout))
	loggersOf(log).start(s.Levels)
	slog.SetDefault(log)
	if s.Signals == nil {
		s.Signals = make(chan os.Signal, 2)
	}
	signal.Notify(s.Signals, syscall.SIGTERM, syscall.SIGINT)
	defer signal.Stop(s.Signals)
	clock, closeClock, err := faultyClock(os.Getenv(faultsVariable))
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitFailed
	}
	defer closeClock()
	for {
		err := runOnce(cfg, log, clock, s)
		switch {
		case err == nil, errors.Is(err, errStopped):
			return exitOK
		case Restarts(err):
			continue
		}
		fmt.Fprintln(stderr, err)
		return exitFailed
	}
}

// runOnce runs a node until a signal comes or it cannot go on.
func runOnce(cfg *config.Static, log *slog.Logger, clock shard.Clock, s Surroundings) error {
	n, err := startUntil(cfg, Options{Log: log, Listen: s.Listen, Clock: clock, ClusterID: strings.TrimSpace(os.Getenv("CLUSTER_ID"))}, s.Signals)
	if err != nil {
		return err
	}
	if s.Started != nil {
		s.Started()
	}
	select {
	case got := <-s.Signals:
		log.Info(fmt.Sprintf("Terminating process due to signal %s", signalName(got)), loggerKey, "org.apache.kafka.common.utils.LoggingSignalHandler")
		return closeWithin(stopLimit, log, n.Close)
	case err = <-n.Failed():
		if errors.Is(err, errRestart) {
			log.Info("Restarting", "reason", err)
			break
		}
		log.Error("Stopping: the node cannot go on", "err", err)
	}
	if closeErr := n.Close(); closeErr != nil && !errors.Is(err, errRestart) {
		return closeErr
	}
	return err
}

// startUntil starts a node; a signal that comes meanwhile ends the wait for other nodes
// and stays in the channel.
func startUntil(cfg *config.Static, o Options, signals chan os.Signal) (*Node, error) {
	stop, started := make(chan struct{}), make(chan struct{})
	o.Stop = stop
	go func() {
		select {
		case s := <-signals:
			signals <- s // the channel has room for it
			close(stop)
		case <-started:
		}
	}()
	defer close(started)
	return Start(cfg, o)
}

// usage is what a wrong command line is answered with.
const usage = "USAGE: brolga server [server.properties] [--override property=value]*"

// load reads `[server.properties] [--override key=value]…`. Without a file the
// node is one that stands alone.
func load(args []string) (*config.Static, error) {
	var file string
	var overrides []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		value, inline := strings.CutPrefix(arg, "--override=")
		switch {
		case inline:
			overrides = append(overrides, value)
		case arg == "--override":
			if i++; i == len(args) {
				return nil, errors.New("Option override requires an argument\n" + usage)
			}
			overrides = append(overrides, args[i])
		case strings.HasPrefix(arg, "-") || file != "":
			return nil, fmt.Errorf("Found non argument parameter: %s\n%s", arg, usage)
		default:
			file = arg
		}
	}
	props := config.Standalone()
	if file != "" {
		var err error
		if props, err = readProperties(file); err != nil {
			return nil, err
		}
	}
	cfg, err := config.Load(props, overrides)
	if err != nil {
		return nil, err
	}
	return cfg, refuseUnserved(cfg)
}

// refuseUnserved stops a node whose configuration promises what this release does
// not keep: to go on would be to lie about safety.
func refuseUnserved(cfg *config.Static) error {
	if class := cfg.String("authorizer.class.name"); class != "" {
		return fmt.Errorf("authorizer.class.name=%s asks for an authorizer, and this release has none: everybody may do everything", class)
	}
	for _, l := range cfg.Listeners() {
		if l.Protocol != config.Plaintext {
			return fmt.Errorf("Listener %s asks for %s, which is not available in this release: only PLAINTEXT is", l.Name, l.Protocol)
		}
	}
	for _, l := range cfg.ControllerListeners() {
		if l.Protocol != config.Plaintext {
			return fmt.Errorf("Listener %s asks for %s, which is not available in this release: only PLAINTEXT is", l.Name, l.Protocol)
		}
	}
	return nil
}

func readProperties(file string) (config.Properties, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("Cannot read the configuration: %w", err)
	}
	defer f.Close()
	props, err := config.Parse(f)
	if err != nil {
		return nil, fmt.Errorf("Cannot read the configuration %s: %w", file, err)
	}
	return props, nil
}

// newHandler picks the form of the log (log.format).
func newHandler(cfg *config.Static, w io.Writer) slog.Handler {
	if cfg.String("log.format") == "json" {
		all := &slog.HandlerOptions{Level: logLevels["TRACE"]}
		return newLevelHandler(slog.NewJSONHandler(w, all), newLoggers(slog.LevelInfo))
	}
	return newLevelHandler(newLogHandler(w), newLoggers(slog.LevelInfo))
}

func signalName(s os.Signal) string {
	if s == syscall.SIGINT {
		return "SIGINT"
	}
	return "SIGTERM"
}

package node

import (
	"context"
	"log/slog"
	"strings"
	"sync"
)

// rootLogger is the logger whose level all others have that have none of their own.
const rootLogger = "root"

// Names of the rooms' loggers: those of the classes of Kafka that do the same, so
// that what people know to turn up turns up the same here.
const (
	loggerAPI        = "kafka.server.KafkaApis"
	loggerServer     = "kafka.network.SocketServer"
	loggerReplica    = "kafka.server.ReplicaManager"
	loggerController = "org.apache.kafka.controller"
	loggerGroup      = "org.apache.kafka.coordinator.group"
	loggerQuorum     = "org.apache.kafka.raft"
	loggerLogs       = "org.apache.kafka.storage.internals.log"
)

// logLevels are the levels of log4j by name (Kafka's LogLevelConfig).
var logLevels = map[string]slog.Level{
	"TRACE": slog.LevelDebug - 4, "DEBUG": slog.LevelDebug, "INFO": slog.LevelInfo, "WARN": slog.LevelWarn,
	"ERROR": slog.LevelError, "FATAL": slog.LevelError + 4,
}

func levelName(l slog.Level) string {
	for name, level := range logLevels {
		if level == l {
			return name
		}
	}
	return l.String()
}

// loggers are the loggers of this process with their levels, which can be changed
// at run time (BROKER_LOGGER configs, KIP-412). A change lasts as long as the
// process. It implements api.Loggers.
type loggers struct {
	mu      sync.Mutex
	own     map[string]slog.Level     // set for the logger itself; root always
	inForce map[string]*slog.LevelVar // of every logger
}

func newLoggers(root slog.Level) *loggers {
	l := &loggers{own: map[string]slog.Level{rootLogger: root}, inForce: map[string]*slog.LevelVar{}}
	for _, name := range []string{rootLogger, defaultLogger, loggerAPI, loggerServer, loggerReplica,
		loggerController, loggerGroup, loggerQuorum, loggerLogs} {
		l.level(name)
	}
	return l
}

// level returns the level in force of a logger, which exists from then on.
func (l *loggers) level(name string) *slog.LevelVar {
	l.mu.Lock()
	defer l.mu.Unlock()
	v := l.inForce[name]
	if v == nil {
		v = new(slog.LevelVar)
		v.Set(l.resolveLocked(name))
		l.inForce[name] = v
	}
	return v
}

// resolveLocked is the logger's own level, or that of its nearest ancestor.
func (l *loggers) resolveLocked(name string) slog.Level {
	for {
		if level, set := l.own[name]; set {
			return level
		}
		i := strings.LastIndexByte(name, '.')
		if i < 0 {
			return l.own[rootLogger]
		}
		name = name[:i]
	}
}

func (l *loggers) applyLocked() {
	for name, v := range l.inForce {
		v.Set(l.resolveLocked(name))
	}
}

// Levels implements api.Loggers.
func (l *loggers) Levels() map[string]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	levels := make(map[string]string, len(l.inForce))
	for name, v := range l.inForce {
		levels[name] = levelName(v.Level())
	}
	return levels
}

// Set implements api.Loggers.
func (l *loggers) Set(name, level string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if v, ok := logLevels[level]; ok && l.inForce[name] != nil {
		l.own[name] = v
		l.applyLocked()
	}
}

// start sets the levels with which a process begins. Loggers that nobody writes to yet
// exist from then on.
func (l *loggers) start(levels map[string]string) {
	for name, level := range levels {
		l.level(name)
		l.Set(name, level)
	}
}

// Unset implements api.Loggers.
func (l *loggers) Unset(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if name != rootLogger {
		delete(l.own, name)
		l.applyLocked()
	}
}

// levelHandler lets through what the level of the record's logger allows.
type levelHandler struct {
	slog.Handler
	all   *loggers
	level *slog.LevelVar
}

func newLevelHandler(next slog.Handler, all *loggers) *levelHandler {
	return &levelHandler{next, all, all.level(defaultLogger)}
}

// Enabled implements slog.Handler.
func (h *levelHandler) Enabled(_ context.Context, l slog.Level) bool { return l >= h.level.Level() }

// WithGroup implements slog.Handler.
func (h *levelHandler) WithGroup(name string) slog.Handler {
	return &levelHandler{h.Handler.WithGroup(name), h.all, h.level}
}

// WithAttrs implements slog.Handler; the attribute "logger" names the logger.
func (h *levelHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	c := &levelHandler{h.Handler.WithAttrs(attrs), h.all, h.level}
	for _, a := range attrs {
		if a.Key == loggerKey {
			c.level = h.all.level(a.Value.String())
		}
	}
	return c
}

// Handle implements slog.Handler. A record may name a logger of its own.
func (h *levelHandler) Handle(ctx context.Context, r slog.Record) error {
	quiet := false
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == loggerKey {
			quiet = r.Level < h.all.level(a.Value.String()).Level()
		}
		return !quiet
	})
	if quiet {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

// loggersOf returns the loggers behind a log; one of another making has levels that
// nothing listens to.
func loggersOf(log *slog.Logger) *loggers {
	if h, ok := log.Handler().(*levelHandler); ok {
		return h.all
	}
	return newLoggers(slog.LevelInfo)
}

// logger is the log under a logger's name.
func (n *Node) logger(name string) *slog.Logger { return n.log.With(loggerKey, name) }

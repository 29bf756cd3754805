package cli

import (
	"os"
	"os/signal"
	"path/filepath"
	"testing"
)

// TestMain turns the test binary into the tools themselves where a test starts
// it as one, so that signals, exit codes and streams are those of a process.
func TestMain(m *testing.M) {
	if os.Getenv("BROLGA_TEST_TOOL") != "" {
		os.Exit(Run(SystemEnv(), os.Args[1], os.Args[2:]))
	}
	// A shell that runs us in the background has us ignore SIGINT; listening
	// for it gives children the default back.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	code := m.Run()
	removeBuilt()
	os.Exit(code)
}

func TestFind(t *testing.T) {
	for _, name := range []string{"kafka-topics", "kafka-topics.sh", "topics", filepath.Join("/usr/bin", "kafka-topics.sh")} {
		if tool, ok := find(name); !ok || tool.name != "kafka-topics" {
			t.Errorf("find(%q) = %q, %v", name, tool.name, ok)
		}
	}
	for _, name := range []string{"run-class", "brolga", "kafka", "nonsense", ""} {
		if tool, ok := find(name); ok {
			t.Errorf("find(%q) = %q", name, tool.name)
		}
	}
}

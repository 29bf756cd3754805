package peer

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// apacheKafka runs a real Apache Kafka of the pinned release: one node with
// both roles, in a JVM small enough to stand beside the tests.
type apacheKafka struct {
	port int // of the controller listener
}

// brokerClass is Kafka's main class.
const brokerClass = "kafka.Kafka"

// clusterID is any valid id; the directory is always new.
const clusterID = "MkU3OEVBNTcwNTJENDM2Qg"

func (apacheKafka) startLimit() time.Duration { return time.Minute }

// stops: 143 is what a JVM ends with after SIGTERM.
func (apacheKafka) stops() (time.Duration, int) { return 30 * time.Second, 143 }

func (k apacheKafka) command(t testing.TB, dir string, props map[string]string) *exec.Cmd {
	t.Helper()
	controller := fmt.Sprintf("127.0.0.1:%d", k.port)
	all := map[string]string{}
	for key, value := range props {
		all[key] = value
	}
	all["listeners"] += ",CONTROLLER://" + controller
	if all["advertised.listeners"] == "" {
		all["advertised.listeners"] = props["listeners"]
	}
	if m := all["listener.security.protocol.map"]; m != "" {
		all["listener.security.protocol.map"] = m + ",CONTROLLER:PLAINTEXT"
	}
	all["controller.listener.names"] = "CONTROLLER"
	all["controller.quorum.voters"] = "1@" + controller
	all["log.dirs"] = filepath.Join(dir, "data")
	var text strings.Builder
	for key, value := range all {
		fmt.Fprintf(&text, "%s=%s\n", key, value)
	}
	file := filepath.Join(dir, "server.properties")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "data", "meta.properties")); err != nil {
		format := java(t, "broker", "kafka.tools.StorageTool", "format", "-t", clusterID, "-c", file)
		if out, err := format.CombinedOutput(); err != nil {
			t.Fatalf("format: %v\n%s", err, out)
		}
	}
	return java(t, "broker", brokerClass, file)
}

// java returns the command that runs a class of test/compat/java/pom.xml's
// profile, in a small JVM that starts quickly.
//
// A broker logs to standard output, everything else only warnings to standard
// error.
func java(t testing.TB, profile, class string, args ...string) *exec.Cmd {
	t.Helper()
	jars := file(t, "java/target/"+profile, "Kafka's "+profile)
	logging := "log4j2-tools.xml"
	if class == brokerClass {
		logging = "log4j2-broker.xml"
	}
	options := []string{
		"-Xmx400m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Duser.timezone=UTC",
		"-Dlog4j2.configurationFile=" + filepath.Join(Root(t), "test", "compat", "java", logging),
		"-cp", filepath.Join(jars, "*") + ":" + filepath.Join(jars, "..", "driver-"+profile),
		class,
	}
	return exec.CommandContext(context.WithoutCancel(t.Context()), command(t, "java"), append(options, args...)...)
}

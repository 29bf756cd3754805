package docker

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The first start of a fresh clone: compose builds Dockerfile, line by line, from
// source. Where no registry can be reached the two images that it begins with are
// made here; the image has a name of its own, so that the other tests keep theirs.
func TestBuildFromSource(t *testing.T) {
	needEngine(t)
	args := ""
	for line := range strings.Lines(must(t, "scripts/docker.sh", "bases")) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		args += "        " + name + ": \"" + value + "\"\n"
	}
	const image = "brolga/brolga:from-source"
	override := filepath.Join(t.TempDir(), "override.yml")
	text := "version: \"2.4\"\nservices:\n  kafka1:\n    image: " + image + "\n    build:\n      args:\n" + args
	if err := os.WriteFile(override, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "", "docker", "image", "rm", image) // of an earlier test
	up(t, "docker-compose.yml", override)
	awaitHealthy(t, "kafka1")
	if got := strings.TrimSpace(must(t, "docker", "inspect", "--format", "{{.Config.Image}}", "kafka1")); got != image {
		t.Fatalf("kafka1 is of %s", got)
	}
	l := lab{t, "kafka1"}
	l.prints(`^Created topic mailbox\.$`, "kafka-topics", "--create", "--topic", "mailbox")
	page(t, "http://127.0.0.1:8080/actuator/health")

	const config = "{{json .Config.Env}} {{json .Config.Cmd}} {{json .Config.Healthcheck}} {{json .Config.Volumes}} " +
		"{{json .Config.ExposedPorts}} {{json .Config.Labels}} {{.Config.User}} {{.Config.WorkingDir}} {{.Config.StopSignal}}"
	const files = `find /etc/kafka /etc/confluent /opt /usr/bin /usr/local /var/lib/kafka /home -printf "%M %u %p %l\n" | sort && brolga help`
	for what, of := range map[string]func(image string) string{
		"configuration": func(image string) string {
			return must(t, "docker", "image", "inspect", "--format", config, image)
		},
		"files": func(image string) string {
			return must(t, "docker", "run", "--rm", image, "bash", "-c", files)
		},
	} {
		if source, binary := of(image), of("brolga/brolga"); source != binary {
			t.Errorf("the %s of the two images differ:\n%s\n%s", what, source, binary)
		}
	}
}

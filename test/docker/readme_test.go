package docker

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The README's part on containers shows what really happens.
func TestReadme(t *testing.T) {
	needEngine(t)
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, _ := strings.Cut(string(text), "## In containers\n")
	part, _, _ = strings.Cut(part, "\n## ")
	var commands, shown []string
	for line := range strings.Lines(part) {
		code, ok := strings.CutPrefix(line, "    ")
		command, isCommand := strings.CutPrefix(code, "$ ")
		switch {
		case ok && isCommand:
			commands, shown = append(commands, strings.TrimSpace(command)), append(shown, "")
		case ok && len(shown) > 0:
			shown[len(shown)-1] += code
		}
	}
	if len(commands) < 8 {
		t.Fatalf("only %d commands", len(commands))
	}
	uuid := regexp.MustCompile(`TopicId: \S{22}`)
	var p *project
	for i, command := range commands {
		if file, ok := strings.CutPrefix(command, "docker compose -f "); ok {
			if file, ok = strings.CutSuffix(file, " up --detach"); ok {
				p = up(t, file)
				awaitHealthy(t, strings.Fields(p.do("ps", "--services"))...)
			} else {
				p.do("down")
			}
			continue
		}
		r := run(t, "", "bash", "-c", command)
		got := uuid.ReplaceAllString(r.stdout+r.stderr, "TopicId: x")
		if want := uuid.ReplaceAllString(shown[i], "TopicId: x"); got != want {
			t.Errorf("%s printed\n%swant\n%s", command, got, want)
		}
	}
}

package lab

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// command is a command of the README with what it shows.
type command struct {
	words []string
	typed string // lines after a prompt
	shown string
	ctrlC bool
}

// tour returns the commands of the README's five minutes.
func tour(t *testing.T) []command {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(peer.Root(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, text5, ok := strings.Cut(string(text), "## Five minutes\n")
	if !ok {
		t.Fatal("the README has no five minutes")
	}
	text5, _, _ = strings.Cut(text5, "\n## ")
	var commands []command
	inside := false // the block of a command
	blank := ""     // blank lines that may belong to the block
	for line := range strings.Lines(text5) {
		shown, code := strings.CutPrefix(line, "    ")
		if strings.TrimSpace(line) == "" {
			blank += "\n"
			continue
		}
		if rest, ok := strings.CutPrefix(shown, "$ ./"); code && ok {
			commands = append(commands, command{words: strings.Fields(rest)})
			inside, blank = true, ""
			continue
		}
		if !code || !inside {
			inside, blank = false, ""
			continue
		}
		c := &commands[len(commands)-1]
		if typed, ok := strings.CutPrefix(shown, ">"); ok {
			c.typed += typed
			continue
		}
		if rest, ok := strings.CutPrefix(shown, "^C"); ok {
			c.ctrlC, shown = true, rest
		}
		c.shown += blank + shown
		blank = ""
	}
	return commands
}

// The README's tour shows what really happens.
func TestReadme(t *testing.T) {
	commands := tour(t)
	if len(commands) < 6 {
		t.Fatalf("only %d commands in the tour", len(commands))
	}
	d := &desk{T: t, broker: peer.Start(t), tools: peer.BrolgaTools()}
	for _, c := range commands {
		for i, w := range c.words {
			c.words[i] = strings.ReplaceAll(w, "localhost:9092", d.broker.Address)
		}
		want := tidied(d.plain(c.shown))
		var got string
		if c.ctrlC {
			p := d.tools.Start(t, c.words[0], c.words[1:]...)
			records, _, _ := strings.Cut(c.shown, "Processed a total")
			p.Stdout.Until(t, limit, "records", func(s string) bool { return s == records })
			p.Signal(syscall.SIGINT)
			p.Wait(t, limit)
			got = p.Stdout.String() + p.Stderr.String()
		} else {
			r := d.tools.Run(t, c.typed, c.words[0], c.words[1:]...)
			got = r.Stdout + r.Stderr
		}
		if diff := difference(tidied(d.plain(got)), want); diff != "" {
			t.Errorf("%s (- README, + what happens)\n%s", strings.Join(c.words, " "), diff)
		}
	}
}

// tidied takes off spaces at the ends of lines, which a README does not show,
// and sorts apart what two streams mix.
func tidied(text string) string {
	text = regexp.MustCompile(`(?m)[ \t]+$`).ReplaceAllString(text, "")
	notice := regexp.MustCompile(`(?m)^Consumer group '.*' has no active members\.\n`)
	notices := strings.Join(notice.FindAllString(text, -1), "")
	return strings.TrimSpace(regexp.MustCompile(`\n+`).ReplaceAllString(notice.ReplaceAllString(text, "")+notices, "\n"))
}

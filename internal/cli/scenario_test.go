package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// A scenario file is a list of steps run in order against one broker. Steps:
//
//	file NAME TEXT          writes {{dir}}/NAME, \n and \t unescaped
//	tree NAME               copies testdata/NAME to {{dir}}/NAME
//	stdin TEXT              standard input of the next command
//	setup $ COMMAND         runs it, must exit 0, not compared
//	start ID $ COMMAND      runs it in the background
//	stop ID                 interrupts a background command and waits for it
//	until "TEXT" $ COMMAND  runs it until it prints that text
//	await GROUP STATE N     waits until the group has that state and N members
//	interrupt N             interrupts the next command after N lines of output
//	case NAME FLAGS…        names the next command; its output is compared
//	$ COMMAND               the command of the case
//
// Flags: nobroker (no broker needed), needs:API (brolga may not serve that API
// yet; the case runs as soon as it does), absent:WHAT (see absent),
// controller (the text tells of the listener for controllers), unordered
// (lines are sorted before they are compared, the original prints them in hash
// order), terse (the original prints a Java exception under its first error
// line, ours prints its help there or nothing).
type step struct {
	verb  string
	name  string
	text  string
	flags []string
	args  []string
	stdin string
	count int
	line  int
}

func (s step) has(flag string) bool {
	for _, f := range s.flags {
		if f == flag {
			return true
		}
	}
	return false
}

func readScenario(t *testing.T, path string) []step {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var steps []step
	var pending step
	for i, line := range strings.Split(string(raw), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		done, err := pending.read(line)
		if err != nil {
			t.Fatalf("%s:%d: %v", path, i+1, err)
		}
		if done {
			pending.line = i + 1
			steps = append(steps, pending)
			pending = step{}
		}
	}
	return steps
}

// read takes one line in and reports whether the step is complete.
func (s *step) read(line string) (bool, error) {
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case "file":
		f := step{verb: "file"}
		f.name, f.text, _ = strings.Cut(rest, " ")
		f.text = unescape(f.text)
		f.stdin, f.count, f.flags = s.stdin, s.count, s.flags
		if s.verb == "case" {
			// A file inside a case is written before its command.
			s.flags = append(s.flags, "file:"+f.name+" "+f.text)
			return false, nil
		}
		*s = f
		return true, nil
	case "tree":
		s.verb, s.name = "tree", rest
		return true, nil
	case "stdin":
		s.stdin = unescape(rest)
		return false, nil
	case "interrupt":
		_, err := fmt.Sscan(rest, &s.count)
		return false, err
	case "case":
		fields := strings.Fields(rest)
		s.verb, s.name, s.flags = "case", fields[0], fields[1:]
		return false, nil
	case "setup":
		if strings.HasPrefix(rest, "stdin ") {
			s.stdin = unescape(strings.TrimPrefix(rest, "stdin "))
			return false, nil
		}
		s.verb = "setup"
		s.args = splitCommand(strings.TrimPrefix(rest, "$ "))
		return true, nil
	case "until":
		text, cmd, _ := strings.Cut(rest, " $ ")
		s.verb, s.text, s.args = "until", strings.Trim(text, `"`), splitCommand(cmd)
		return true, nil
	case "start":
		id, cmd, _ := strings.Cut(rest, " $ ")
		s.verb, s.name, s.args = "start", id, splitCommand(cmd)
		return true, nil
	case "stop":
		s.verb, s.name = "stop", rest
		return true, nil
	case "await":
		s.verb, s.flags = "await", strings.Fields(rest)
		return true, nil
	case "$":
		s.args = splitCommand(rest)
		return true, nil
	}
	return false, fmt.Errorf("unknown verb %q", verb)
}

func unescape(s string) string {
	return strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\r`, "\r").Replace(s)
}

// splitCommand splits at spaces outside double quotes.
func splitCommand(s string) []string {
	var args []string
	var word strings.Builder
	quoted, started := false, false
	for _, r := range s {
		switch {
		case r == '"':
			quoted, started = !quoted, true
		case r == ' ' && !quoted:
			if started {
				args = append(args, word.String())
			}
			word.Reset()
			started = false
		default:
			word.WriteRune(r)
			started = true
		}
	}
	if started {
		args = append(args, word.String())
	}
	return args
}

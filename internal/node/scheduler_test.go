package node

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestCalmEnviron(t *testing.T) {
	for _, c := range []struct {
		name    string
		environ []string
		calm    []string
		chosen  bool
	}{
		{"nothing set", []string{"A=1"}, []string{"A=1", "GODEBUG=" + calmSetting}, false},
		{"empty", []string{"GODEBUG=", "A=1"}, []string{"A=1", "GODEBUG=" + calmSetting}, false},
		{"another setting", []string{"GODEBUG=gctrace=1", "A=1"}, []string{"A=1", "GODEBUG=gctrace=1," + calmSetting}, false},
		{"the second time", []string{"GODEBUG=" + calmSetting}, nil, true},
		{"otherwise wanted", []string{"GODEBUG=gctrace=1,schedtrace=0"}, nil, true},
		{"a longer name", []string{"GODEBUG=noschedtrace=1"}, []string{"GODEBUG=noschedtrace=1," + calmSetting}, false},
	} {
		before := slices.Clone(c.environ)
		calm, chosen := calmEnviron(c.environ)
		if chosen != c.chosen || !chosen && !slices.Equal(calm, c.calm) {
			t.Errorf("%s: %q, %v", c.name, calm, chosen)
		}
		if !slices.Equal(c.environ, before) {
			t.Errorf("%s: the environment given became %q", c.name, c.environ)
		}
	}
}

// executedAgain has the test binary do what a server does first.
const executedAgain = "BROLGA_TEST_EXECUTED_AGAIN"

func TestMain(m *testing.M) {
	if os.Getenv(executedAgain) != "" {
		CalmScheduler()
		fmt.Println(os.Getpid(), os.Getenv("GODEBUG"), strings.Join(os.Args[1:], " "))
		return
	}
	os.Exit(m.Run())
}

// TestCalmScheduler is about the process that a server becomes: it has the setting, and
// the id and the arguments of the one that was started.
func TestCalmScheduler(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("nothing is executed again there")
	}
	cmd := exec.Command(os.Args[0], "some", "arguments")
	cmd.Env = append(os.Environ(), executedAgain+"=1", "GODEBUG=gctrace=0")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("%d gctrace=0,%s some arguments\n", cmd.Process.Pid, calmSetting); string(out) != want {
		t.Errorf("%q instead of %q", out, want)
	}
}

package node

import (
	"io"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// consoleAddress is where the log says that the console is.
func consoleAddress(t *testing.T, log string) string {
	t.Helper()
	m := regexp.MustCompile(`The console is on (http://\S+)`).FindStringSubmatch(log)
	if m == nil {
		t.Fatalf("no console:\n%s", log)
	}
	return m[1]
}

// TestConsole: the node's console shows the node's cluster, by whatever address
// the broker tells others.
func TestConsole(t *testing.T) {
	dir := t.TempDir()
	n := start(t, dir, "console.listener=http://127.0.0.1:0", "advertised.listeners=PLAINTEXT://kafka.example.invalid:9092")
	defer n.stop()
	url := consoleAddress(t, n.text.String())
	for path, want := range map[string]string{
		"/":                               `<base href="/">`,
		"/readyz":                         "ok",
		"/actuator/health":                `{"status":"UP"}`,
		"/api/v1/clusters/brolga/brokers": `"host":"kafka.example.invalid","port":9092,"online":true`,
		"/api/v1/clusters":                `"source":"builtin","bootstrapServers":["kafka.example.invalid:9092"],"status":"online"`,
	} {
		if text := fetchText(t, url+path); !strings.Contains(text, want) {
			t.Errorf("%s: %s", path, text)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, "console*")); err != nil || len(left) != 0 {
		t.Errorf("nothing was added, and %v are kept (%v)", left, err)
	}
}

func fetchText(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestConsoleListener: a taken port is a warning, none is silence, nonsense a refusal.
func TestConsoleListener(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	n := start(t, t.TempDir(), "console.listener=http://"+taken.Addr().String())
	n.stop()
	if !strings.Contains(n.text.String(), "WARN There is no console: its port cannot be opened") {
		t.Errorf("no warning:\n%s", n.text)
	}
	n = start(t, t.TempDir())
	n.stop()
	if strings.Contains(n.text.String(), "console") {
		t.Errorf("none is not silent:\n%s", n.text)
	}
	for _, where := range []string{"nonsense", "https://localhost:1", "http://localhost", "http://localhost:1/a?b"} {
		_, err := tryStart(t, t.TempDir(), "console.listener="+where)
		if err == nil {
			t.Errorf("%s is accepted", where)
			continue
		}
		mustSay(t, err.Error(), "console.listener")
	}
	if _, err := tryStart(t, t.TempDir(), "console.listener=http://127.0.0.1:0", "console.users.file=/does/not/exist"); err == nil {
		t.Error("a users file that is not there is accepted")
	}
}

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestMergeOption(t *testing.T) {
	for _, c := range []struct {
		name  string
		props clientProps
		args  string
		want  string
	}{
		{"default", clientProps{}, "", "7"},
		{"property over default", clientProps{"k": "8"}, "", "8"},
		{"option over property", clientProps{"k": "8"}, "--count 9", "9"},
	} {
		p, o := testParser()
		set, err := p.parse(strings.Fields(c.args))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.props.mergeOption("k", set, o["count"]); err != nil || c.props["k"] != c.want {
			t.Errorf("%s: %q, %v, want %q", c.name, c.props["k"], err, c.want)
		}
	}
}

func TestTypedProps(t *testing.T) {
	props := clientProps{"ms": " 250 ", "word": "soon", "yes": "TRUE", "maybe": "perhaps", "acks": "2"}
	if d, err := props.millis("ms", time.Second); d != 250*time.Millisecond || err != nil {
		t.Errorf("ms: %v, %v", d, err)
	}
	if d, err := props.millis("unset", time.Second); d != time.Second || err != nil {
		t.Errorf("unset: %v, %v", d, err)
	}
	if b, err := props.boolean("yes", false); !b || err != nil {
		t.Errorf("yes: %v, %v", b, err)
	}
	_, number := props.number("word", 1)
	_, boolean := props.boolean("maybe", true)
	_, choice := props.oneOf("acks", "all", "all", "1")
	for _, c := range []struct {
		err  error
		want string
	}{
		{number, "Invalid value soon for configuration word: Not a number of type LONG"},
		{boolean, "Invalid value perhaps for configuration maybe: Expected value to be either true or false"},
		{choice, "Invalid value 2 for configuration acks: String must be one of: all, 1"},
	} {
		if c.err == nil || c.err.Error() != c.want || exceptionClass(c.err) != "org.apache.kafka.common.config.ConfigException" {
			t.Errorf("error %v, want %s", c.err, c.want)
		}
	}
}

func TestLoadProps(t *testing.T) {
	path := filepath.Join(t.TempDir(), "client.properties")
	text := "# a comment\nclient.id = me\nsasl.jaas.config=a \\\n    b;\nsep=\\t|\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	props, err := loadProps(path)
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range map[string]string{"client.id": "me", "sasl.jaas.config": "a b;", "sep": "\t|"} {
		if props[k] != want {
			t.Errorf("%s is %q, want %q", k, props[k], want)
		}
	}
	_, err = loadProps(path + ".missing")
	if err == nil || exceptionLine(err) != "java.nio.file.NoSuchFileException: "+path+".missing" {
		t.Errorf("missing file: %v", err)
	}
}

func TestValidateBootstrap(t *testing.T) {
	for list, ok := range map[string]bool{
		"localhost:9092": true, "a:1,b:2": true, "[::1]:9092": true, "PLAINTEXT://a:1": true, "10.0.0.1:9092": true,
		"": false, "  ": false, "localhost": false, "localhost:": false, "a:1,b": false, "a:b": false,
	} {
		if err := validateBootstrap(list); (err == nil) != ok {
			t.Errorf("validateBootstrap(%q) = %v", list, err)
		}
	}
}

func TestParseBootstrapAddresses(t *testing.T) {
	env, _, stderr := testEnv("")
	seeds, err := parseBootstrap(env, "127.0.0.1:1, [::1]:2,no-such-host.invalid:3")
	if err != nil || strings.Join(seeds, " ") != "127.0.0.1:1 [::1]:2" {
		t.Errorf("seeds %v, %v", seeds, err)
	}
	if !strings.Contains(stderr.String(), "Couldn't resolve server no-such-host.invalid:3 from bootstrap.servers") {
		t.Errorf("no warning: %q", stderr)
	}
	for list, want := range map[string]string{
		"nonsense":          "Invalid url in bootstrap.servers: nonsense",
		"127.0.0.1:99999":   "Invalid port in bootstrap.servers: 127.0.0.1:99999",
		",":                 "No resolvable bootstrap urls given in bootstrap.servers",
		"no-such.invalid:1": "No resolvable bootstrap urls given in bootstrap.servers",
	} {
		if _, err := parseBootstrap(env, list); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", list, err, want)
		}
	}
}

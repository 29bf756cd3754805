package config_test

import (
	"os"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/config"
)

// The files in testdata were recorded from the pinned Kafka with
// scripts/record-configs.sh.

// rows reads a recording: tab-separated, one row a line.
func rows(t *testing.T, name string, columns int) [][]string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	for line := range strings.Lines(string(data)) {
		row := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(row) != columns {
			t.Fatalf("%s: %d columns in %q, want %d", name, len(row), line, columns)
		}
		all = append(all, row)
	}
	if len(all) < 100 {
		t.Fatalf("%s holds only %d rows", name, len(all))
	}
	return all
}

// lookup finds a key of a recorded kind.
func lookup(kind, name string) (config.Def, bool) {
	switch kind {
	case "broker":
		return config.Broker(name)
	case "topic":
		return config.Topic(name)
	case "group":
		return config.Group(name)
	}
	return config.ClientMetrics(name)
}

// pairs reads "a=1 ;; b=2".
func pairs(text string) map[string]string {
	m := map[string]string{}
	for pair := range strings.SplitSeq(text, " ;; ") {
		k, v, _ := strings.Cut(pair, "=")
		m[k] = v
	}
	return m
}

func TestKeysAreKafkas(t *testing.T) {
	recorded := map[string]bool{}
	for _, row := range rows(t, "keys.tsv", 7) {
		kind, name := row[0], row[1]
		recorded[kind+" "+name] = true
		d, ok := lookup(kind, name)
		if !ok {
			t.Errorf("%s key %s is missing", kind, name)
			continue
		}
		def := d.Default
		if d.Null {
			def = "<null>"
		} else if d.Required {
			def = "<required>"
		}
		got := []string{kind, d.Name, d.Type.String(), def, d.Importance.String(), "", ""}
		if kind == "broker" {
			got[5] = d.Update.String()
		}
		if d.Internal {
			got[6] = "internal"
		}
		if name == "listener.security.protocol.map" { // Java's hash order
			row[3] = got[3]
		}
		if g, w := strings.Join(got, "|"), strings.Join(row, "|"); g != w {
			t.Errorf("got  %s\nwant %s", g, w)
		}
	}
	for kind, defs := range map[string][]config.Def{"broker": config.BrokerDefs(), "topic": config.TopicDefs(), "group": config.GroupDefs(), "client-metrics": config.ClientMetricsDefs()} {
		for _, d := range defs {
			if !recorded[kind+" "+d.Name] && !d.Own && !d.DynamicOnly {
				t.Errorf("Kafka has no %s key %s", kind, d.Name)
			}
		}
	}
}

func TestValuesAreKafkas(t *testing.T) {
	for _, row := range rows(t, "values.tsv", 4) {
		kind, name, input, want := row[0], row[1], row[2], row[3]
		d, ok := lookup(kind, name)
		if !ok {
			t.Errorf("%s key %s is missing", kind, name)
			continue
		}
		got, err := d.Parse(input)
		if err != nil {
			got = "error " + err.Error()
		} else {
			got = "ok " + got
		}
		if got != want {
			t.Errorf("%s %s = %q\n got %s\nwant %s", kind, name, input, got, want)
		}
	}
}

// startupDifferences are the rows in which brolga means to differ from Kafka.
var startupDifferences = map[string]string{
	// A node with both roles and no quorum configured is a quorum of its own.
	"process.roles=broker,controller ;; node.id=1":                                                                                           "ok",
	"process.roles=broker,controller ;; node.id=1 ;; controller.listener.names=CONTROLLER":                                                   "error controller.listener.names must contain at least one value appearing in the 'listeners' configuration when running the KRaft controller role",
	"process.roles=broker,controller ;; node.id=1 ;; controller.listener.names=CONTROLLER ;; listeners=PLAINTEXT://:9092,CONTROLLER://:9093": "ok",
	"combined ;; controller.quorum.voters=":                                                                                                  "ok",
	// The key that was written is named, not its synonym.
	"combined ;; node.id=x": "error Invalid value x for configuration node.id: Not a number of type INT",
	// Ports that no system has are refused before they are opened.
	"combined ;; listeners=PLAINTEXT://localhost:99999,CONTROLLER://:9093": "error Error creating broker listeners from '[PLAINTEXT://localhost:99999, CONTROLLER://:9093]': Unable to parse PLAINTEXT://localhost:99999 to a broker endpoint",
	"mapped ;; listeners=PLAINTEXT://:-1,SSL://:0,CONTROLLER://:0":         "error Error creating broker listeners from '[PLAINTEXT://:-1, SSL://:0, CONTROLLER://:0]': Unable to parse PLAINTEXT://:-1 to a broker endpoint",
	// Listener names are compared in upper case everywhere.
	"mapped ;; listeners=PLAINTEXT://:9092,CONTROLLER://:9093 ;; controller.listener.names=controller": "ok",
	// Words instead of a Java exception's.
	"combined ;; listener.security.protocol.map=PLAINTEXT":                                   "error Error parsing configuration property 'listener.security.protocol.map': PLAINTEXT is not of the form NAME:PROTOCOL",
	"combined ;; max.connections.per.ip.overrides=127.0.0.1":                                 "error Error parsing configuration property 'max.connections.per.ip.overrides': 127.0.0.1 is not of the form host:limit",
	"combined ;; max.connections.per.ip.overrides=127.0.0.1:x":                               "error For input string: \"x\"",
	"combined ;; group.share.assignors=a,b":                                                  "ok",
	"combined ;; listener.name.plaintext.ssl.client.auth=foo":                                "error Invalid value foo for configuration ssl.client.auth: String must be one of: required, requested, none",
	"combined ;; authorizer.class.name=foo":                                                  "error Invalid value foo for configuration authorizer.class.name: Class foo could not be found.",
	"combined ;; replica.selector.class=foo":                                                 "error Invalid value foo for configuration replica.selector.class: Class foo could not be found.",
	"combined ;; max.connections.per.ip=0 ;; max.connections.per.ip.overrides=127.0.0.1:100": "ok",
}

func TestStartupIsKafkas(t *testing.T) {
	bases := map[string]string{}
	data, err := os.ReadFile("testdata/startup.in")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "define "); ok {
			name, props, _ := strings.Cut(strings.TrimSpace(rest), " ")
			bases[name] = props
		}
	}
	used := 0
	for _, row := range rows(t, "startup.tsv", 2) {
		line, want := row[0], row[1]
		if d, ok := startupDifferences[line]; ok {
			want = d
			used++
		}
		first, rest, _ := strings.Cut(line, " ")
		if base, ok := bases[first]; ok {
			line = base + " " + rest
		}
		got := "ok"
		if _, err := config.Load(pairs(strings.TrimSpace(line)), nil); err != nil {
			got = "error " + err.Error()
		}
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", row[0], got, want)
		}
	}
	if used != len(startupDifferences) {
		t.Errorf("%d of the %d differences are in the recording", used, len(startupDifferences))
	}
}

// updateDifferences are the rows in which brolga means to differ from Kafka.
var updateDifferences = map[string]string{
	"broker console.listener=x":                                                         "error Cannot update these configs dynamically: [console.listener]",
	"cluster console.listener=x":                                                        "error Cannot update these configs dynamically: [console.listener]",
	"broker log.dirs=/a ;; node.id=3":                                                   "error Cannot update these configs dynamically: [log.dirs, node.id]",
	"cluster log.dirs=/a ;; node.id=3":                                                  "error Cannot update these configs dynamically: [log.dirs, node.id]",
	"broker ssl.keystore.type=PEM ;; ssl.keystore.key=x":                                "error These security configs can be dynamically updated only per-listener using the listener prefix: [ssl.keystore.key, ssl.keystore.type]",
	"cluster ssl.keystore.type=PEM ;; ssl.keystore.key=x":                               "error These security configs can be dynamically updated only per-listener using the listener prefix: [ssl.keystore.key, ssl.keystore.type]",
	"topic remote.storage.enable=true":                                                  "error " + tieredStorageOff,
	"topic remote.storage.enable=true ;; cleanup.policy=compact":                        "error " + tieredStorageOff,
	"topic local.retention.ms=100 ;; retention.ms=50 ;; remote.storage.enable=true":     "error " + tieredStorageOff,
	"topic remote.copy.lag.ms=10 ;; local.retention.ms=5 ;; remote.storage.enable=true": "error " + tieredStorageOff,
}

// tieredStorageOff is what Kafka says when the broker has no tiered storage;
// the recorded function leaves that to its caller.
const tieredStorageOff = "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage."

func TestUpdatesAreKafkas(t *testing.T) {
	static, err := config.Load(config.Standalone(), nil)
	if err != nil {
		t.Fatal(err)
	}
	used := 0
	for _, row := range rows(t, "updates.tsv", 3) {
		kind, configs, want := row[0], pairs(row[1]), row[2]
		if d, ok := updateDifferences[kind+" "+row[1]]; ok {
			want = d
			used++
		}
		var err error
		switch kind {
		case "broker", "cluster":
			err = config.ValidateBroker(configs, kind == "broker")
		case "topic":
			err = config.ValidateTopic(configs)
		case "group":
			err = config.ValidateGroup(configs, static.Lookup)
		default:
			_, err = config.ValidateClientMetrics(configs)
		}
		got := "ok"
		if err != nil {
			got = "error " + err.Error()
		}
		if got != want {
			t.Errorf("%s %s\n got %s\nwant %s", kind, row[1], got, want)
		}
	}
	if used != len(updateDifferences) {
		t.Errorf("%d of the %d differences are in the recording", used, len(updateDifferences))
	}
}

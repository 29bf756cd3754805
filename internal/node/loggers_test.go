package node

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/wire"
)

func TestLoggerLevelsAreInherited(t *testing.T) {
	for _, form := range []string{"text", "json"} {
		var out bytes.Buffer
		cfg := must(config.Load(config.Standalone(), settings(t.TempDir(), "log.format="+form)))(t)
		log := slog.New(newHandler(cfg, &out))
		all := loggersOf(log)
		all.level("kafka")
		api := log.With(loggerKey, loggerAPI)
		logged := func(what string, want bool) {
			t.Helper()
			out.Reset()
			api.Debug("a word")
			if got := strings.Contains(out.String(), "a word"); got != want {
				t.Errorf("%s, %s: logged %v", form, what, got)
			}
		}
		logged("at first", false)
		all.Set("kafka", "DEBUG")
		logged("the ancestor is turned up", true)
		all.Set(loggerAPI, "ERROR")
		logged("its own level counts", false)
		all.Unset(loggerAPI)
		logged("the ancestor's counts again", true)
		all.Unset("kafka")
		all.Unset(rootLogger)
		logged("the root's counts", false)
		all.Set(rootLogger, "TRACE")
		logged("the root is turned up", true)
		all.Set(rootLogger, "LOUD")
		all.Set("no.such.logger", "FATAL")
		logged("what does not exist changes nothing", true)
		all.Set("kafka.x", "FATAL")
		out.Reset()
		log.Info("named by the record", loggerKey, "kafka.x")
		all.Set("kafka.x", "FATAL")
		log.Error("named by the record", loggerKey, "kafka.x")
		if strings.Count(out.String(), "named by the record") != 1 {
			t.Errorf("%s: %s", form, out.String())
		}
	}
}

type loggerOp = wire.IncrementalAlterConfigsRequestAlterableConfig

// alterLoggers sends operations on a broker's loggers.
func (r *running) alterLoggers(version int16, broker string, validate bool, ops ...loggerOp) (wire.ErrorCode, string) {
	r.t.Helper()
	req := &wire.IncrementalAlterConfigsRequest{ValidateOnly: validate}
	req.Resources = []wire.IncrementalAlterConfigsRequestAlterConfigsResource{{ResourceType: 8, ResourceName: broker, Configs: ops}}
	row := ask(r, req, version, &wire.IncrementalAlterConfigsResponse{}).Responses[0]
	if row.ErrorMessage == nil {
		return row.ErrorCode, ""
	}
	return row.ErrorCode, *row.ErrorMessage
}

// loggerLevels describes the loggers of broker 1.
func (r *running) loggerLevels(version int16, keys ...string) map[string]string {
	r.t.Helper()
	req := &wire.DescribeConfigsRequest{IncludeSynonyms: true}
	req.Resources = []wire.DescribeConfigsRequestDescribeConfigsResource{{ResourceType: 8, ResourceName: "1", ConfigurationKeys: keys}}
	row := ask(r, req, version, &wire.DescribeConfigsResponse{}).Results[0]
	if row.ErrorCode != wire.None {
		r.t.Fatal(row.ErrorCode.Name())
	}
	levels := map[string]string{}
	for _, c := range row.Configs {
		if c.ConfigSource != int8(config.SourceBrokerLogger) || c.IsSensitive || c.ReadOnly || len(c.Synonyms) > 0 {
			r.t.Errorf("%+v", c)
		}
		levels[c.Name] = *c.Value
	}
	return levels
}

func TestBrokerLoggers(t *testing.T) {
	n := start(t, t.TempDir())
	defer n.stop()
	value := func(s string) *string { return &s }
	set := func(logger, level string) loggerOp { return loggerOp{Name: logger, Value: value(level)} }
	n.everyVersion(wire.APIKeyIncrementalAlterConfigs, func(version int16) {
		for _, op := range []struct {
			validate bool
			op       loggerOp
			want     string
		}{
			{true, set(loggerAPI, "DEBUG"), "INFO"}, {false, set(loggerAPI, "DEBUG"), "DEBUG"},
			{true, loggerOp{Name: loggerAPI, ConfigOperation: 1}, "DEBUG"}, {false, loggerOp{Name: loggerAPI, ConfigOperation: 1}, "INFO"},
		} {
			if code, message := n.alterLoggers(version, "1", op.validate, op.op); code != wire.None {
				t.Errorf("version %d: %v %s", version, code.Name(), message)
			}
			n.everyVersion(wire.APIKeyDescribeConfigs, func(v int16) {
				if got := n.loggerLevels(v)[loggerAPI]; got != op.want {
					t.Errorf("DescribeConfigs %d after %+v: %s, want %s", v, op.op, got, op.want)
				}
				if got := n.loggerLevels(v, rootLogger); len(got) != 1 || got[rootLogger] != "INFO" {
					t.Errorf("DescribeConfigs %d of root: %v", v, got)
				}
			})
		}
	})
	if log := n.text.String(); !strings.Contains(log, "WARN Updated the log level of "+loggerAPI+" to DEBUG ("+loggerAPI+")") ||
		!strings.Contains(log, "WARN Unset the log level of "+loggerAPI) {
		t.Errorf("log:\n%s", log)
	}
	listed := ask(n, &wire.ListConfigResourcesRequest{ResourceTypes: []int8{8}}, 1, &wire.ListConfigResourcesResponse{})
	if len(listed.ConfigResources) != 1 || listed.ConfigResources[0].ResourceName != "1" || listed.ConfigResources[0].ResourceType != 8 {
		t.Errorf("listed: %+v", listed)
	}
}

func TestBrokerLoggersAreRefused(t *testing.T) {
	n := start(t, t.TempDir())
	defer n.stop()
	value := func(s string) *string { return &s }
	n.everyVersion(wire.APIKeyIncrementalAlterConfigs, func(version int16) {
		for _, tc := range []struct {
			broker string
			ops    []loggerOp
			code   wire.ErrorCode
			want   string
		}{
			{"1", []loggerOp{{Name: "no.such", Value: value("INFO")}}, wire.InvalidConfig, "Logger no.such does not exist!"},
			{"1", []loggerOp{{Name: "no.such", ConfigOperation: 1}}, wire.InvalidConfig, "Logger no.such does not exist!"},
			{"1", []loggerOp{{Name: "root", Value: value("LOUD")}}, wire.InvalidConfig,
				"Cannot set the log level of root to LOUD as it is not a supported log level. Valid log levels are DEBUG, ERROR, FATAL, INFO, TRACE, WARN"},
			{"1", []loggerOp{{Name: "root", Value: value("debug")}}, wire.InvalidConfig,
				"Cannot set the log level of root to debug as it is not a supported log level. Valid log levels are DEBUG, ERROR, FATAL, INFO, TRACE, WARN"},
			{"1", []loggerOp{{Name: "root", ConfigOperation: 1}}, wire.InvalidRequest, "Removing the log level of the root logger is not allowed"},
			{"1", []loggerOp{{Name: "root", ConfigOperation: 2, Value: value("INFO")}}, wire.InvalidRequest, "APPEND operation is not allowed for the BROKER_LOGGER resource"},
			{"1", []loggerOp{{Name: "root", ConfigOperation: 3, Value: value("INFO")}}, wire.InvalidRequest, "SUBTRACT operation is not allowed for the BROKER_LOGGER resource"},
			{"1", []loggerOp{{Name: "root", ConfigOperation: 9, Value: value("INFO")}}, wire.InvalidRequest, "Unknown operation type 9 is not allowed for the BROKER_LOGGER resource"},
			{"1", []loggerOp{{Name: "root"}}, wire.InvalidRequest, "Null value not supported for : root"},
			{"1", []loggerOp{{Name: "root", Value: value("WARN")}, {Name: "root", Value: value("WARN")}}, wire.InvalidRequest, "Error due to duplicate config keys"},
			{"1", []loggerOp{{Name: "root", Value: value("WARN")}, {Name: "no.such", Value: value("WARN")}}, wire.InvalidConfig, "Logger no.such does not exist!"},
			{"2", []loggerOp{{Name: "root", Value: value("WARN")}}, wire.InvalidRequest, "Unexpected node id. Expected 1, but received 2"},
			{"x", []loggerOp{{Name: "root", Value: value("WARN")}}, wire.InvalidRequest, "Node id must be an integer, but it is: x"},
			{"", []loggerOp{{Name: "root", Value: value("WARN")}}, wire.InvalidRequest, "Node id must be an integer, but it is: "},
		} {
			if code, message := n.alterLoggers(version, tc.broker, false, tc.ops...); code != tc.code || message != tc.want {
				t.Errorf("version %d: %v %q, want %v %q", version, code.Name(), message, tc.code.Name(), tc.want)
			}
		}
	})
	if level := n.loggerLevels(4)[rootLogger]; level != "INFO" {
		t.Errorf("the root logger is at %s", level)
	}
	for broker, want := range map[string]string{
		"": "Broker id must not be empty", "x": "Broker id must be an integer, but it is: x", "7": "Unexpected broker id, expected 1 but received 7",
	} {
		req := &wire.DescribeConfigsRequest{Resources: []wire.DescribeConfigsRequestDescribeConfigsResource{{ResourceType: 8, ResourceName: broker}}}
		row := ask(n, req, 4, &wire.DescribeConfigsResponse{}).Results[0]
		if row.ErrorCode != wire.InvalidRequest || row.ErrorMessage == nil || *row.ErrorMessage != want {
			t.Errorf("%q: %+v", broker, row)
		}
	}
}

// TestBrokerLoggersBesideTopics: one request about a logger, a topic, and twice the
// same resource. Each is answered in its place.
func TestBrokerLoggersBesideTopics(t *testing.T) {
	n := startForBadInput(t)
	defer n.stop()
	level, retention := "WARN", "5000"
	type resource = wire.IncrementalAlterConfigsRequestAlterConfigsResource
	logger := resource{ResourceType: 8, ResourceName: "1", Configs: []loggerOp{{Name: loggerGroup, Value: &level}}}
	topic := resource{ResourceType: 2, ResourceName: worksTopic, Configs: []loggerOp{{Name: "retention.ms", Value: &retention}}}
	unknown := resource{ResourceType: 2, ResourceName: "nope", Configs: topic.Configs}
	other := resource{ResourceType: 8, ResourceName: "9", Configs: logger.Configs}
	req := &wire.IncrementalAlterConfigsRequest{Resources: []resource{unknown, logger, topic, other, other}}
	resp := ask(n, req, 1, &wire.IncrementalAlterConfigsResponse{})
	got := ""
	for _, r := range resp.Responses {
		got += fmt.Sprintf("%d %s %s; ", r.ResourceType, r.ResourceName, r.ErrorCode.Name())
	}
	if want := "2 nope UNKNOWN_TOPIC_OR_PARTITION; 8 1 NONE; 2 works NONE; 8 9 INVALID_REQUEST; 8 9 INVALID_REQUEST; "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if n.loggerLevels(4)[loggerGroup] != level || n.publisher.Image().Config(2, worksTopic)["retention.ms"] != retention {
		t.Errorf("%v %v", n.loggerLevels(4), n.publisher.Image().Config(2, worksTopic))
	}
}

// TestLevelsAtTheStart: loggers begin with the levels that the process is given, and
// those without one with the root's.
func TestLevelsAtTheStart(t *testing.T) {
	all := newLoggers(slog.LevelInfo)
	all.start(map[string]string{"root": "ERROR", "kafka": "INFO", loggerController: "TRACE", "state.change.logger": "WARN"})
	got := all.Levels()
	for name, want := range map[string]string{
		"root": "ERROR", loggerAPI: "INFO", loggerController: "TRACE", loggerQuorum: "ERROR", "state.change.logger": "WARN",
	} {
		if got[name] != want {
			t.Errorf("%s has %s, want %s", name, got[name], want)
		}
	}
}

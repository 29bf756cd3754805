package compat

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/test/compat/peer"
)

var update = flag.Bool("update", false, "with COMPAT_TARGET=kafka: record testdata anew")

// DescribeConfigs of a broker, a topic and a group tells what Kafka tells:
// values, sources, synonyms, types, what is secret and what can be changed.
func TestDescribeConfigs(t *testing.T) {
	b := peer.Start(t, "log.retention.hours=24", "log.cleanup.policy=compact", "ssl.keystore.password=secret", "vendor.key=1")
	peer.CreateTopic(t, b.Address, "described", 1, "retention.ms=1000", "min.insync.replicas=1")
	for _, tt := range []struct {
		file, name string
		kind       kmsg.ConfigResourceType
	}{
		{"broker", "1", kmsg.ConfigResourceTypeBroker},
		{"topic", "described", kmsg.ConfigResourceTypeTopic},
		{"group", "group", kmsg.ConfigResourceTypeGroupConfig},
	} {
		t.Run(tt.file, func(t *testing.T) {
			got := describe(t, b, tt.kind, tt.name)
			path := "testdata/describe_" + tt.file + ".tsv"
			if *update && peer.Kafka() {
				if err := os.WriteFile(path, []byte(strings.Join(got, "")), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			recorded, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want := slices.Collect(strings.Lines(string(recorded)))
			for _, line := range want {
				if !slices.Contains(got, line) {
					t.Errorf("missing: %s", line)
				}
			}
			for _, line := range got {
				if !slices.Contains(want, line) {
					t.Errorf("not Kafka's: %s", line)
				}
			}
		})
	}
}

// describe returns a line for each config of a resource. What depends on the
// test's ports and directories, and brolga's own keys, are left out.
func describe(t *testing.T, b *peer.Broker, kind kmsg.ConfigResourceType, name string) []string {
	t.Helper()
	req := kmsg.NewPtrDescribeConfigsRequest()
	req.IncludeSynonyms, req.IncludeDocumentation = true, true
	r := kmsg.NewDescribeConfigsRequestResource()
	r.ResourceType, r.ResourceName = kind, name
	req.Resources = append(req.Resources, r)
	resp, err := req.RequestWith(t.Context(), peer.NewFranz(t, b.Address))
	if err != nil {
		t.Fatal(err)
	}
	if err := kerr.ErrorForCode(resp.Resources[0].ErrorCode); err != nil {
		t.Fatalf("%v: %s", err, deref(resp.Resources[0].ErrorMessage))
	}
	var lines []string
	for _, c := range resp.Resources[0].Configs {
		if d, ok := config.Broker(c.Name); ok && d.Own {
			continue
		}
		switch c.Name {
		case "listeners", "advertised.listeners", "log.dirs", "controller.listener.names", "controller.quorum.voters", "listener.security.protocol.map":
			continue
		}
		var chain []string
		for _, s := range c.ConfigSynonyms {
			chain = append(chain, fmt.Sprintf("%s=%s %s", s.Name, deref(s.Value), s.Source))
		}
		documented := c.Documentation != nil && *c.Documentation != ""
		lines = append(lines, strings.Join([]string{
			c.Name, deref(c.Value), c.Source.String(), c.ConfigType.String(),
			"readonly=" + strconv.FormatBool(c.ReadOnly), "sensitive=" + strconv.FormatBool(c.IsSensitive),
			"documented=" + strconv.FormatBool(documented), strings.Join(chain, ", "),
		}, "\t")+"\n")
	}
	slices.Sort(lines)
	return lines
}

func deref(s *string) string {
	if s == nil {
		return "null"
	}
	return *s
}

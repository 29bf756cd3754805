package config_test

import (
	"testing"

	"github.com/brolga-io/brolga/internal/config"
)

// FuzzDynamic: any value of any key of every kind of resource is refused or can be
// resolved.
func FuzzDynamic(f *testing.F) {
	for i, kv := range [][2]string{{"retention.ms", "-1"}, {"cleanup.policy", "compact,delete"}, {"max.connections.per.ip.overrides", "a:1,b:2"},
		{"listener.name.a.ssl.key.password", "x"}, {"consumer.session.timeout.ms", "45000"}, {"match", "client_id=a"}, {"interval.ms", "100"}} {
		f.Add(kv[0], kv[1], i%2 == 0)
	}
	static, err := config.Load(config.Standalone(), nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, key, value string, perBroker bool) {
		configs := map[string]string{key: value}
		if config.ValidateTopic(configs) == nil {
			config.ResolveTopic(configs, static.Lookup)
		}
		if config.ValidateBroker(configs, perBroker) == nil {
			e := config.Effective{Static: static, Cluster: configs, PerBroker: configs}
			config.ResolveTopic(nil, e.Lookup)
			e.BrokerSynonyms(key)
		}
		if config.ValidateGroup(configs, static.Lookup) == nil {
			e := config.Effective{Static: static}
			e.GroupSynonyms(key, configs)
		}
		_, _ = config.ValidateClientMetrics(configs)
		if limits, err := config.ParseIPLimits(value); err == nil {
			for host, n := range limits {
				if n < 0 {
					t.Fatalf("%q has %q: %d", value, host, n)
				}
			}
		}
		_, _, base := config.SplitListenerPrefix(key)
		if len(base) > len(key) {
			t.Fatalf("%q became %q", key, base)
		}
	})
}

// FuzzOverrides: any text behind --override.
func FuzzOverrides(f *testing.F) {
	for _, s := range []string{"node.id=1", "=", "a", "log.dirs=", "process.roles=broker", "listeners=PLAINTEXT://:1=2"} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, override string) {
		_, _ = config.Load(config.Standalone(), []string{override, override})
	})
}

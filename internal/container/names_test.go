package container

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

func TestPropertyOf(t *testing.T) {
	for variable, want := range map[string]string{
		"KAFKA_ADVERTISED_LISTENERS":                   "advertised.listeners",
		"KAFKA_LISTENER_NAME_A__B_SSL_KEYSTORE___TYPE": "listener.name.a_b.ssl.keystore-type",
		"KAFKA_A_B_C":                                   "a.b.c",
		"KAFKA_CONFLUENT_SUPPORT_METRICS_ENABLE":        "confluent.support.metrics.enable",
		"KAFKA_METRICS_LISTENER":                        "metrics.listener",
		"KAFKA_CONSOLE_LISTENER":                        "console.listener",
		"KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR":        "offsets.topic.replication.factor",
		"KAFKA_CLUSTERS_0_NAME":                         "",
		"KAFKA_CLUSTERS_0_PROPERTIES_SECURITY_PROTOCOL": "",
		"KAFKA_JMX_PORT":                                "",
		"KAFKA_HEAP_OPTS":                               "",
		"KAFKA_OPTS":                                    "",
		"KAFKA_LOG4J_LOGGERS":                           "",
		"KAFKA_LOG4J_ROOT_LOGLEVEL":                     "",
		"KAFKA_TOOLS_LOG4J_LOGLEVEL":                    "",
		"KAFKA_VERSION":                                 "",
		"KAFKA_":                                        "",
		"CLUSTER_ID":                                    "",
		"ZOOKEEPER_CLIENT_PORT":                         "",
		"KAFKA_TRANSACTION_STATE_LOG_MIN_ISR":           "transaction.state.log.min.isr",
		"KAFKA_LISTENER_NAME_INTERNAL_SASL_ENABLED_MECHANISMS": "listener.name.internal.sasl.enabled.mechanisms",
		"KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR":          "share.coordinator.state.topic.min.isr",
		"KAFKA_CONTROLLER_QUORUM_VOTERS":                       "controller.quorum.voters",
		"KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS":               "group.initial.rebalance.delay.ms",
		"KAFKA_LISTENER_SECURITY_PROTOCOL_MAP":                 "listener.security.protocol.map",
		"KAFKA_INTER_BROKER_LISTENER_NAME":                     "inter.broker.listener.name",
		"KAFKA_ZOOKEEPER_CONNECT":                              "zookeeper.connect",
		"KAFKA_AUTO_CREATE_TOPICS_ENABLE":                      "auto.create.topics.enable",
		"KAFKA_CREATE_TOPICS":                                  "",
		"KAFKA_LOG_RETENTION_CHECK_INTERVAL_MS":                "log.retention.check.interval.ms",
		"KAFKA_CONFLUENT_METRICS_REPORTER_TOPIC_REPLICAS":      "confluent.metrics.reporter.topic.replicas",
	} {
		got, ok := propertyOf(variable)
		if got != want || ok != (want != "") {
			t.Errorf("%s is %q (%v), want %q", variable, got, ok, want)
		}
	}
}

// A property that is made a variable and back is the same.
func TestVariableOfAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		property := rapid.StringMatching(`[a-z][a-z0-9]{0,5}([._-][a-z0-9]{1,6}){0,5}`).Draw(t, "property")
		if ignored(Environ{variableOf(property): "x"}) != nil || property == "version" || property == "create.topics" || property == "cub.zk.timeout" {
			t.Skip("means something else")
		}
		got, ok := propertyOf(variableOf(property))
		if len(property) >= 9 && property[:9] == "clusters." {
			t.Skip("the console's")
		}
		if !ok || got != property {
			t.Errorf("%s became %s and that %q", property, variableOf(property), got)
		}
	})
}

func TestIgnoredIsTold(t *testing.T) {
	got := ignored(Environ{"KAFKA_LOG4J_LOGGERS": "kafka=INFO", "KAFKA_LOG4J_OPTS": "-x", "KAFKA_JMX_PORT": "9999", "KAFKA_HEAP_OPTS": "", "KAFKA_BROKER_ID": "1"})
	if want := []string{"KAFKA_JMX_PORT", "KAFKA_LOG4J_OPTS"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

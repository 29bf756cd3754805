package container

import "testing"

func TestKindOf(t *testing.T) {
	for _, c := range []struct {
		what string
		env  []string
		want Kind
	}{
		{"nothing", nil, Single},
		{"a ZooKeeper", []string{"ZOOKEEPER_CLIENT_PORT=2181", "ZOOKEEPER_SERVER_ID=1", "KAFKA_OPTS=-Dx"}, Keeper},
		{"Kafka with roles, ZooKeeper left over", []string{"KAFKA_PROCESS_ROLES=broker", "KAFKA_ZOOKEEPER_CONNECT=zoo1:2181"}, KRaft},
		{"a broker of the ZooKeeper time", []string{"KAFKA_ZOOKEEPER_CONNECT=zoo1:2181", "KAFKA_BROKER_ID=1"}, Kept},
		{"the lab's broker", []string{"KAFKA_BROKER_ID=1", "KAFKA_JMX_PORT=9999"}, Single},
		{"a broker that shows another cluster as well", []string{"KAFKA_BROKER_ID=1", "KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS=a:1"}, Single},
		{"Kafka UI", []string{"KAFKA_CLUSTERS_0_NAME=local", "KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS=kafka1:19092", "DYNAMIC_CONFIG_ENABLED=true"}, Page},
		{"Kafka UI with our keys", []string{"KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS=kafka1:19092", "KAFKA_CONSOLE_LISTENER=http://0.0.0.0:80", "KAFKA_CONSOLE_READ_ONLY=true"}, Page},
		{"only what has no effect", []string{"KAFKA_HEAP_OPTS=-Xmx1g", "KAFKA_JMX_PORT=1"}, Single},
		{"a listener's own key", []string{"KAFKA_CLUSTERS_0_NAME=x", "KAFKA_LISTENER_NAME_A_MAX_CONNECTIONS=3"}, Single},
	} {
		if got := KindOf(ParseEnviron(c.env)); got != c.want {
			t.Errorf("%s is %q, want %q", c.what, got, c.want)
		}
	}
}

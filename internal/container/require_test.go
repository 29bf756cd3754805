package container

import (
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	const kraft, kept = "KAFKA_PROCESS_ROLES=broker,controller", "KAFKA_ZOOKEEPER_CONNECT=zoo1:2181"
	const advertised = "KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://a:9092"
	for _, c := range []struct {
		env  []string
		want string // part of the message, "" for none
	}{
		{[]string{kept}, "KAFKA_ADVERTISED_LISTENERS is required.\nCommand [/usr/local/bin/dub ensure KAFKA_ADVERTISED_LISTENERS] FAILED !"},
		{[]string{kept, advertised}, ""},
		{[]string{kraft}, "KAFKA_ADVERTISED_LISTENERS is required."},
		{[]string{kraft, "KAFKA_LISTENERS=PLAINTEXT://:9092,CONTROLLER://:9093"}, ""},
		{[]string{"KAFKA_PROCESS_ROLES=controller"}, "KAFKA_LISTENERS is required."},
		{[]string{"KAFKA_PROCESS_ROLES=controller", "KAFKA_LISTENERS=C://:1", advertised}, "KAFKA_ADVERTISED_LISTENERS is not supported on a KRaft controller."},
		{[]string{"KAFKA_PROCESS_ROLES=controller", "KAFKA_LISTENERS=C://:1"}, ""},
		{[]string{"KAFKA_PORT=9092"}, "port is deprecated. Please use KAFKA_ADVERTISED_LISTENERS instead."},
		{[]string{"KAFKA_ADVERTISED_HOST=a"}, "advertised.host is deprecated."},
		{[]string{"KAFKA_ADVERTISED_PORT=1"}, "advertised.port is deprecated."},
		{nil, ""},
		{[]string{"KAFKA_LISTENER_SECURITY_PROTOCOL_MAP=PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL", advertised}, ""},
		{[]string{"KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://a:1,SASL_SSL://a:2"}, "KAFKA_ADVERTISED_LISTENERS ask for them"},
		{[]string{"KAFKA_SASL_ENABLED_MECHANISMS=PLAIN", "KAFKA_OPTS=-Djava.security.auth.login.config=/x"}, "KAFKA_OPTS, KAFKA_SASL_ENABLED_MECHANISMS ask for them"},
		{[]string{"KAFKA_SSL_KEYSTORE_FILENAME=a.jks"}, "KAFKA_SSL_KEYSTORE_FILENAME"},
		{[]string{"KAFKA_LISTENER_NAME_A_PLAIN_SASL_JAAS_CONFIG=x"}, "KAFKA_LISTENER_NAME_A_PLAIN_SASL_JAAS_CONFIG"},
		{[]string{"KAFKA_SECURITY_INTER_BROKER_PROTOCOL=SASL_PLAINTEXT"}, "KAFKA_SECURITY_INTER_BROKER_PROTOCOL"},
		{[]string{"KAFKA_SECURITY_INTER_BROKER_PROTOCOL=PLAINTEXT", "KAFKA_SSL_CLIENT_AUTH=none", "KAFKA_SSL_KEYSTORE_LOCATION= ",
			"KAFKA_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM= "}, ""},
		{[]string{"ZOOKEEPER_CLIENT_PORT=2181", "KAFKA_OPTS=-Djava.security.auth.login.config=/x"}, ""},
	} {
		e := ParseEnviron(c.env)
		err := check(e, KindOf(e))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%v: %v, want %q", c.env, err, c.want)
		}
	}
}

package cli

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

func TestEventWriter(t *testing.T) {
	env, stdout, _ := testEnv("")
	w := &eventWriter{env: env}
	w.write("startup_complete", nil)
	w.write("producer_send_success", sentEvent{jsonText{nil}, jsonText{[]byte("<\"\xff>")}, -1, "t", 2})
	w.write("rate", struct {
		A, B, C jsonDouble
	}{1, jsonDouble(math.NaN()), jsonDouble(math.Inf(1))})
	want := `{"timestamp":1795395723045,"name":"startup_complete"}
{"timestamp":1795395723045,"name":"producer_send_success","key":null,"value":"<\"\ufffd>","offset":-1,"topic":"t","partition":2}
{"timestamp":1795395723045,"name":"rate","A":1.0,"B":"NaN","C":"Infinity"}
`
	if got := stdout.String(); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}

func TestVerifiableConsumerPlan(t *testing.T) {
	for _, c := range []struct{ args, key, want string }{
		{"", "partition.assignment.strategy", "org.apache.kafka.clients.consumer.RangeAssignor"},
		{"", "enable.auto.commit", "false"},
		{"", "session.timeout.ms", ""},
		{"--session-timeout 6000", "session.timeout.ms", "6000"},
		{"--group-protocol CONSUMER --session-timeout 6000 --group-remote-assignor range", "session.timeout.ms", ""},
		{"--group-protocol CONSUMER --group-remote-assignor range", "group.remote.assignor", "range"},
		{"--group-protocol consumer", "partition.assignment.strategy", ""},
		{"--enable-autocommit", "enable.auto.commit", "true"},
		{"--reset-policy latest", "auto.offset.reset", "latest"},
		{"--group-instance-id one", "group.instance.id", "one"},
		{"", "client.id", "consumer-g-1"},
	} {
		env, _, _ := testEnv("")
		p := newVerifiableConsumerArgs()
		given, err := p.parse(strings.Fields("--broker-list a:1 --topic t --group-id g " + c.args))
		if err != nil {
			t.Fatal(err)
		}
		plan, err := p.plan(env, given)
		if err != nil || plan.props[c.key] != c.want || plan.props["bootstrap.servers"] != "a:1" {
			t.Errorf("%q: %s is %q, want %q; %v", c.args, c.key, plan.props[c.key], c.want, err)
		}
	}
}

func TestVerifiableProducerPlan(t *testing.T) {
	env, _, _ := testEnv("")
	p := newVerifiableProducerArgs()
	given, err := p.parse(strings.Fields("--bootstrap-server a:1 --topic t --max-messages 9 --value-prefix 3 --repeating-keys 2 --message-create-time 5 --acks 0"))
	if err != nil {
		t.Fatal(err)
	}
	plan, err := p.plan(env, given)
	if err != nil {
		t.Fatal(err)
	}
	if plan.maxMessages != 9 || plan.prefix != "3." || plan.repeatingKeys != 2 || !plan.createTime.Equal(time.UnixMilli(5)) ||
		plan.props["acks"] != "0" || plan.props["retries"] != "0" {
		t.Errorf("%+v", plan)
	}
}

func TestCommitFailure(t *testing.T) {
	resp := kmsg.NewPtrOffsetCommitResponse()
	topic := kmsg.NewOffsetCommitResponseTopic()
	topic.Partitions = append(topic.Partitions, kmsg.OffsetCommitResponseTopicPartition{}, kmsg.OffsetCommitResponseTopicPartition{ErrorCode: 22})
	resp.Topics = append(resp.Topics, topic)
	if err := commitFailure(resp, nil); exceptionClass(err) != errorsPackage+"IllegalGenerationException" {
		t.Errorf("%v", err)
	}
	if err := commitFailure(nil, kerr.FencedInstanceID); exceptionClass(err) != errorsPackage+"FencedInstanceIdException" {
		t.Errorf("%v", err)
	}
	if err := commitFailure(kmsg.NewPtrOffsetCommitResponse(), nil); err != nil {
		t.Error(err)
	}
}

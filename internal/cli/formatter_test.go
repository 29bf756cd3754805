package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/wire"
)

func TestDefaultFormatter(t *testing.T) {
	record := &kgo.Record{Topic: "t", Partition: 3, Offset: 42, Timestamp: time.UnixMilli(1600000000000),
		Key: []byte("k"), Value: nil, Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("1")}, {Key: "i"}}}
	for _, c := range []struct{ props, want string }{
		{"", "null\n"},
		{"print.key=true", "k\tnull\n"},
		{"print.key=true print.value=false", "k\n"},
		{"print.value=false", ""},
		{"print.value=false print.offset=true", "Offset:42\n"},
		{"print.headers=true print.value=false", "h:1,i:null\n"},
		{"print.timestamp=true print.partition=true print.offset=true print.headers=true print.key=true key.separator=|",
			"CreateTime:1600000000000|Partition:3|Offset:42|h:1,i:null|k|null\n"},
		{"print.epoch=true print.delivery=true", "Delivery:NOT_PRESENT\tEpoch:NOT_PRESENT\tnull\n"},
		{"null.literal=NIL line.separator=; headers.separator=/ print.headers=true", "h:1/i:NIL\tNIL;"},
	} {
		env, _, _ := testEnv("")
		f, err := newFormatter(env, "org.apache.kafka.tools.consumer.DefaultMessageFormatter", parseKeyValues(strings.Fields(c.props)))
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := f.write(&b, record); err != nil || b.String() != c.want {
			t.Errorf("%s: %q, %v, want %q", c.props, b.String(), err, c.want)
		}
	}
}

// What stands before a part that cannot be read is printed, as in the original.
func TestDefaultFormatterStopsAtError(t *testing.T) {
	env, _, _ := testEnv("")
	f := newDefaultFormatter(env, clientProps{"print.key": "true", "value.deserializer": "org.apache.kafka.common.serialization.LongDeserializer"})
	var b strings.Builder
	err := f.write(&b, &kgo.Record{Key: []byte("k"), Value: []byte("abc")})
	if err == nil || b.String() != "k\t" {
		t.Errorf("printed %q, error %v", b.String(), err)
	}
}

func TestFormatterNames(t *testing.T) {
	for _, class := range []string{
		"kafka.tools.DefaultMessageFormatter", "org.apache.kafka.tools.consumer.LoggingMessageFormatter", "kafka.tools.NoOpMessageFormatter",
		"kafka.coordinator.group.GroupMetadataManager$OffsetsMessageFormatter", "org.apache.kafka.tools.consumer.OffsetsMessageFormatter",
		"kafka.coordinator.group.GroupMetadataManager$GroupMetadataMessageFormatter",
		"kafka.coordinator.transaction.TransactionLog$TransactionLogMessageFormatter",
	} {
		env, _, _ := testEnv("")
		if _, err := newFormatter(env, class, clientProps{}); err != nil {
			t.Errorf("%s: %v", class, err)
		}
	}
}

// The expected JSON is what Kafka's formatters print for such records.
func TestCoordinatorFormatters(t *testing.T) {
	text := func(s string) *string { return &s }
	id, _ := wire.ParseUUID("0AWb2nc8THagq9vCgu2CcQ")
	offsetKey := wire.AppendCoordinatorKey(nil, &wire.OffsetCommitKey{Group: "Pizza", Topic: "mail", Partition: 0})
	groupKey := wire.AppendCoordinatorKey(nil, &wire.GroupMetadataKey{Group: "Pizza"})
	txnKey := wire.AppendCoordinatorKey(nil, &wire.TransactionLogKey{TransactionalId: "tx"})
	offset := &wire.OffsetCommitValue{Offset: 3, Metadata: "m<&>", CommitTimestamp: 1600000000000, ExpireTimestamp: 7, TopicId: id}
	group := &wire.GroupMetadataValue{ProtocolType: "consumer", Generation: 1, Protocol: text("range"), Leader: text("a"), CurrentStateTimestamp: 5,
		Members: []wire.GroupMetadataValueMemberMetadata{{MemberId: "a", ClientId: "c", ClientHost: "/h", RebalanceTimeout: 6, SessionTimeout: 7,
			Subscription: []byte{0, 1}, Assignment: []byte{2}}}}
	txn := &wire.TransactionLogValue{ProducerId: 1, PreviousProducerId: -1, NextProducerId: -1, NextProducerEpoch: -1, TransactionTimeoutMs: 60000,
		TransactionStatus: 1, TransactionLastUpdateTimestampMs: 8, TransactionStartTimestampMs: 9, ClientTransactionVersion: 2,
		TransactionPartitions: []wire.TransactionLogValuePartitionsSchema{{Topic: "t", PartitionIds: []int32{0, 2}}}}
	for _, c := range []struct {
		class      string
		key, value []byte
		want       string
	}{
		{"OffsetsMessageFormatter", offsetKey, wire.AppendCoordinatorValue(nil, offset, 4),
			`{"key":{"type":1,"data":{"group":"Pizza","topic":"mail","partition":0}},"value":{"version":4,"data":{"offset":3,"leaderEpoch":0,"metadata":"m<&>","commitTimestamp":1600000000000,"topicId":"0AWb2nc8THagq9vCgu2CcQ"}}}`},
		{"OffsetsMessageFormatter", offsetKey, wire.AppendCoordinatorValue(nil, offset, 1),
			`{"key":{"type":1,"data":{"group":"Pizza","topic":"mail","partition":0}},"value":{"version":1,"data":{"offset":3,"metadata":"m<&>","commitTimestamp":1600000000000,"expireTimestamp":7}}}`},
		{"OffsetsMessageFormatter", offsetKey, nil, `{"key":{"type":1,"data":{"group":"Pizza","topic":"mail","partition":0}},"value":null}`},
		{"OffsetsMessageFormatter", groupKey, nil, ``},
		{"OffsetsMessageFormatter", nil, nil, ``},
		{"OffsetsMessageFormatter", []byte{0x7f, 0xff}, nil, ``},
		{"OffsetsMessageFormatter", []byte{0, 1}, nil, `error`},
		{"OffsetsMessageFormatter", offsetKey, []byte{0, 3, 1}, `error`},
		{"GroupMetadataMessageFormatter", offsetKey, nil, ``},
		{"GroupMetadataMessageFormatter", groupKey, wire.AppendCoordinatorValue(nil, group, 3),
			`{"key":{"type":2,"data":{"group":"Pizza"}},"value":{"version":3,"data":{"protocolType":"consumer","generation":1,"protocol":"range","leader":"a","currentStateTimestamp":5,"members":[{"memberId":"a","groupInstanceId":null,"clientId":"c","clientHost":"/h","rebalanceTimeout":6,"sessionTimeout":7,"subscription":"AAE=","assignment":"Ag=="}]}}}`},
		{"TransactionLogMessageFormatter", txnKey, wire.AppendCoordinatorValue(nil, txn, 1),
			`{"key":{"type":0,"data":{"transactionalId":"tx"}},"value":{"version":1,"data":{"producerId":1,"producerEpoch":0,"transactionTimeoutMs":60000,"transactionStatus":1,"transactionPartitions":[{"topic":"t","partitionIds":[0,2]}],"transactionLastUpdateTimestampMs":8,"transactionStartTimestampMs":9,"clientTransactionVersion":2}}}`},
		{"TransactionLogMessageFormatter", txnKey, nil, `{"key":{"type":0,"data":{"transactionalId":"tx"}},"value":null}`},
	} {
		env, _, _ := testEnv("")
		f, err := newFormatter(env, "org.apache.kafka.tools.consumer."+c.class, clientProps{})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		err = f.write(&b, &kgo.Record{Offset: 9, Key: c.key, Value: c.value})
		if c.want == "error" {
			if err == nil || !strings.HasPrefix(err.Error(), "Could not read record at offset 9 due to: ") {
				t.Errorf("%s of %x: %q, %v", c.class, c.key, b.String(), err)
			}
			continue
		}
		if err != nil || b.String() != c.want {
			t.Errorf("%s:\n got %s, %v\nwant %s", c.class, b.String(), err, c.want)
		}
	}
}

func FuzzCoordinatorFormatters(f *testing.F) {
	f.Add([]byte{0, 1, 0, 1, 'g', 0, 1, 't', 0, 0, 0, 0}, []byte{0, 4})
	f.Fuzz(func(t *testing.T, key, value []byte) {
		for _, class := range []string{"OffsetsMessageFormatter", "GroupMetadataMessageFormatter", "TransactionLogMessageFormatter"} {
			env, _, _ := testEnv("")
			formatter, _ := newFormatter(env, class, clientProps{})
			var b strings.Builder
			if err := formatter.write(&b, &kgo.Record{Key: key, Value: value}); err != nil && b.Len() > 0 {
				t.Fatalf("both %q and %v", b.String(), err)
			}
		}
	})
}

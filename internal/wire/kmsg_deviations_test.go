package wire

import (
	"reflect"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// beyondKmsg lists the versions that have no second opinion. TestKmsg fails when
// the list is not exactly what kmsg lacks.
var beyondKmsg = map[string]versionRange{
	"InitProducerIdRequest":  {6, 6},
	"InitProducerIdResponse": {6, 6},
}

// kmsgWritesTooEarly lists the tagged fields that kmsg writes in every flexible
// version, with the version that Kafka has them from.
var kmsgWritesTooEarly = map[string]int16{
	"BrokerHeartbeatRequest.OfflineLogDirs":                 1,
	"BrokerHeartbeatRequest.CordonedLogDirs":                2,
	"FetchRequest.ReplicaState":                             15,
	"FetchRequestTopicPartition.ReplicaDirectoryID":         17,
	"FetchRequestTopicPartition.HighWatermark":              18,
	"FetchResponse.Brokers":                                 16,
	"FetchSnapshotRequestTopicPartition.ReplicaDirectoryID": 1,
	"FetchSnapshotResponse.NodeEndpoints":                   1,
	"ProduceResponse.Brokers":                               10,
	"ProduceResponseTopicPartition.CurrentLeader":           10,
	"VoteResponse.NodeEndpoints":                            1,
}

// kmsgWritesNull lists the fields that kmsg writes as null if they are nil,
// although Kafka has no null for them in the versions it serves.
var kmsgWritesNull = map[string]bool{
	"ShareFetchResponseTopicPartition.Records": true,
}

// withoutDeviations changes a message of kmsg so that it encodes as Kafka would.
func withoutDeviations(v reflect.Value, version int16) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			withoutDeviations(v.Elem(), version)
		}
	case reflect.Slice:
		for i := range v.Len() {
			withoutDeviations(v.Index(i), version)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[kmsg.Tags]() {
			return
		}
		for i := range v.NumField() {
			changeField(v, i, version)
			withoutDeviations(v.Field(i), version)
		}
	}
}

func changeField(v reflect.Value, i int, version int16) {
	name := v.Type().Name() + "." + v.Type().Field(i).Name
	f := v.Field(i)
	if version < kmsgWritesTooEarly[name] {
		defaults := reflect.New(v.Type())
		defaults.Interface().(interface{ Default() }).Default()
		f.Set(defaults.Elem().Field(i))
	}
	if kmsgWritesNull[name] && f.IsNil() {
		f.Set(reflect.MakeSlice(f.Type(), 0, 0))
	}
}

package container

import (
	"reflect"
	"testing"
)

func TestLevels(t *testing.T) {
	for _, c := range []struct {
		name    string
		env     Environ
		want    map[string]string
		strange []string
	}{
		{"none", Environ{}, map[string]string{}, nil},
		{"of the lab", Environ{loggersVariable: "kafka.controller=INFO,kafka.producer.async.DefaultEventHandler=INFO,state.change.logger=INFO"}, map[string]string{
			"kafka.controller": "INFO", "org.apache.kafka.controller": "INFO",
			"kafka.producer.async.DefaultEventHandler": "INFO", "state.change.logger": "INFO",
		}, nil},
		{"a quiet root", Environ{rootLevelVariable: "warn"}, map[string]string{"root": "WARN", "kafka": "INFO"}, nil},
		{"a quiet Kafka", Environ{rootLevelVariable: "ERROR", loggersVariable: "kafka = ERROR"}, map[string]string{"root": "ERROR", "kafka": "ERROR"}, nil},
		{"the new name wins", Environ{loggersVariable: "org.apache.kafka.controller=WARN,kafka.controller=TRACE"}, map[string]string{
			"kafka.controller": "TRACE", "org.apache.kafka.controller": "WARN",
		}, nil},
		{"names of log4j", Environ{loggersVariable: "a=OFF,b=all,"}, map[string]string{"a": "FATAL", "b": "TRACE"}, nil},
		{"no levels", Environ{rootLevelVariable: "LOUD", loggersVariable: "a,=INFO,b=1"}, map[string]string{"kafka": "INFO"},
			[]string{rootLevelVariable + "=LOUD", "a", "=INFO", "b=1"}},
	} {
		got, strange := levels(c.env)
		if !reflect.DeepEqual(got, c.want) || !reflect.DeepEqual(strange, c.strange) {
			t.Errorf("%s: %v and %q, want %v and %q", c.name, got, strange, c.want, c.strange)
		}
	}
}

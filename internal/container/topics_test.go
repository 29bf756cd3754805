package container

import (
	"reflect"
	"strings"
	"testing"
)

func TestWishes(t *testing.T) {
	got, err := wishes(Environ{"BROLGA_TOPICS": "orders:6:1:compact, plain ,logs:3:2:compact+delete,", "KAFKA_CREATE_TOPICS": "other:1:1"})
	want := []wish{{"orders", 6, 1, "compact"}, {"plain", 1, 1, ""}, {"logs", 3, 2, "compact,delete"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	if got, err = wishes(Environ{"KAFKA_CREATE_TOPICS": "other:2:1"}); err != nil || len(got) != 1 || got[0].partitions != 2 {
		t.Errorf("KAFKA_CREATE_TOPICS: %v, %v", got, err)
	}
	if got, err = wishes(Environ{}); err != nil || got != nil {
		t.Errorf("none: %v, %v", got, err)
	}
	for _, entry := range []string{":1:1", "a:0", "a:x", "a:1:0", "a:1:1:squash", "a:1:1:compact:more", "a:1:99999"} {
		if got, err := wishes(Environ{"BROLGA_TOPICS": entry}); err == nil || !strings.Contains(err.Error(), "an entry "+entry+";") {
			t.Errorf("%s: %v, %v", entry, got, err)
		}
	}
	args := strings.Join(want[0].arguments("kafka1:19092"), " ")
	if args != "kafka-topics --bootstrap-server kafka1:19092 --create --if-not-exists --topic orders --partitions 6 --replication-factor 1 --config cleanup.policy=compact" {
		t.Error(args)
	}
}

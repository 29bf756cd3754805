package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/wire"
)

// testdata/exceptions.txt lists Kafka's error codes with their exceptions.
func TestExceptionOfCode(t *testing.T) {
	raw, err := os.ReadFile("testdata/exceptions.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		var code int16
		var class string
		if _, err := fmt.Sscan(line, &code, &class); err != nil {
			t.Fatal(err)
		}
		if got := exceptionOfCode(wire.ErrorCode(code)); got != class {
			t.Errorf("code %d is %s, want %s", code, got, class)
		}
	}
}

func TestBrokerError(t *testing.T) {
	if err := brokerError(0, nil); err != nil {
		t.Errorf("no error is %v", err)
	}
	message := "Topic 'a' already exists."
	for _, c := range []struct {
		code    int16
		message *string
		want    string
	}{
		{36, &message, "org.apache.kafka.common.errors.TopicExistsException: Topic 'a' already exists."},
		{68, nil, "org.apache.kafka.common.errors.GroupNotEmptyException: The group is not empty."},
		{7, new(string), "org.apache.kafka.common.errors.TimeoutException: The request timed out."},
		{9999, nil, "org.apache.kafka.common.errors.Unknown(9999)Exception: unknown error code 9999"},
	} {
		if got := exceptionLine(brokerError(c.code, c.message)); got != c.want {
			t.Errorf("code %d: %s, want %s", c.code, got, c.want)
		}
	}
}

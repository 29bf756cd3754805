package wire

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
)

func TestErrorCodes(t *testing.T) {
	for _, c := range []struct {
		code      ErrorCode
		number    int
		name      string
		retriable bool
	}{
		{UnknownServerError, -1, "UNKNOWN_SERVER_ERROR", false},
		{None, 0, "NONE", false},
		{OffsetOutOfRange, 1, "OFFSET_OUT_OF_RANGE", false},
		{NotLeaderOrFollower, 6, "NOT_LEADER_OR_FOLLOWER", true},
		{InvalidTopicException, 17, "INVALID_TOPIC_EXCEPTION", false},
		{UnknownTopicId, 100, "UNKNOWN_TOPIC_ID", true},
		{GroupDeletionFailed, 134, "GROUP_DELETION_FAILED", false},
		{StreamsTopologyDescriptionUpdateFailed, 135, "STREAMS_TOPOLOGY_DESCRIPTION_UPDATE_FAILED", false},
	} {
		if int(c.code) != c.number || c.code.Name() != c.name || c.code.Retriable() != c.retriable {
			t.Errorf("%d %s %t, want %+v", c.code, c.code.Name(), c.code.Retriable(), c)
		}
	}
}

func TestUnknownErrorCode(t *testing.T) {
	for _, code := range []ErrorCode{-2, ErrorCode(len(errorCodes)), 32767, -32768} {
		if code.Retriable() || !strings.Contains(code.Name(), fmt.Sprint(int(code))) || code.Error() == "" {
			t.Errorf("%d: %s, %s", code, code.Name(), code.Error())
		}
	}
}

func TestErrorCodeIsAnError(t *testing.T) {
	err := fmt.Errorf("topic t: %w", UnknownTopicOrPartition)
	var code ErrorCode
	if !errors.Is(err, UnknownTopicOrPartition) || !errors.As(err, &code) || code != 3 {
		t.Errorf("%v, code %d", err, code)
	}
	if got := UnknownTopicOrPartition.Error(); got != "This server does not host this topic-partition." {
		t.Errorf("message %q", got)
	}
}

// franz-go has the same names from another source. What it retries differs from
// Kafka in a few codes, on purpose.
func TestErrorCodesAgainstKerr(t *testing.T) {
	for code := UnknownServerError; int(code) < len(errorCodes)-1; code++ {
		theirs := kerr.TypedErrorForCode(int16(code))
		if code == None || code == NotLeaderOrFollower || theirs == nil {
			continue // kerr keeps the old name of NOT_LEADER_OR_FOLLOWER
		}
		if theirs.Message != code.Name() {
			t.Errorf("%d is %s, for kerr %s", code, code.Name(), theirs.Message)
		}
	}
}

package wire

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// kmsgMessage is what requests and responses of franz-go have in common.
type kmsgMessage interface {
	MaxVersion() int16
	SetVersion(int16)
	AppendTo([]byte) []byte
	ReadFrom([]byte) error
}

// TestKmsg exchanges random messages with franz-go's codec, which was made from
// other definitions, in all versions that both know. What one encodes the other
// must decode and encode to the same bytes.
func TestKmsg(t *testing.T) {
	fill := newFiller(20)
	beyond := map[string]versionRange{}
	for _, info := range allMessages {
		theirs := newKmsg(info)
		if theirs == nil {
			if info.kind == "request" || info.kind == "response" {
				beyond[info.name] = versionRange{info.low, info.high}
			}
			continue
		}
		known := theirs.MaxVersion()
		if known < info.high {
			beyond[info.name] = versionRange{max(known+1, info.low), info.high}
		}
		t.Run(info.name, func(t *testing.T) {
			for version := info.low; version <= min(known, info.high); version++ {
				for range rounds {
					exchangeOurs(t, fill, info, version)
					exchangeTheirs(t, fill, info, version)
				}
			}
		})
	}
	if !reflect.DeepEqual(beyond, beyondKmsg) {
		t.Errorf("versions that kmsg does not know: %v, listed are %v", beyond, beyondKmsg)
	}
}

// newKmsg returns franz-go's message of the same kind, or nil.
func newKmsg(info messageInfo) kmsgMessage {
	switch info.kind {
	case "request":
		if m := kmsg.RequestForKey(int16(info.key)); m != nil {
			return m
		}
	case "response":
		if m := kmsg.ResponseForKey(int16(info.key)); m != nil {
			return m
		}
	}
	return nil
}

func exchangeOurs(t *testing.T, fill filler, info messageInfo, version int16) {
	ours := info.new()
	fill.fill(reflect.ValueOf(ours).Elem())
	body := ours.Append(nil, version)
	theirs := newKmsg(info)
	theirs.SetVersion(version)
	if err := theirs.ReadFrom(body); err != nil {
		t.Fatalf("version %d: kmsg: %v\n%+v\n% x", version, err, ours, body)
	}
	if again := theirs.AppendTo(nil); !bytes.Equal(again, body) {
		t.Fatalf("version %d: kmsg makes\n% x of\n% x", version, again, body)
	}
}

func exchangeTheirs(t *testing.T, fill filler, info messageInfo, version int16) {
	theirs := newKmsg(info)
	fill.fill(reflect.ValueOf(theirs).Elem())
	withoutDeviations(reflect.ValueOf(theirs), version)
	theirs.SetVersion(version)
	body := theirs.AppendTo(nil)
	ours := info.new()
	mustDecode(t, ours, body, version)
	if again := ours.Append(nil, version); !bytes.Equal(again, body) {
		t.Fatalf("version %d: we make\n% x of kmsg's\n% x", version, again, body)
	}
}

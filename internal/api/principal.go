package api

import (
	"errors"
	"net/netip"
	"strings"

	"github.com/brolga-io/brolga/internal/controller"
	"github.com/brolga-io/brolga/internal/wire"
)

// forwarded is who sent a request that a broker passed on.
type forwarded struct {
	principal string
	host      netip.Addr // not valid if it is not known
	broker    int32
}

var errPrincipal = errors.New("the principal cannot be read")

const (
	principalVersion = 0
	// brokerTag is a tagged field of our own after the principal: the id of the broker
	// that passes the request on. Kafka skips it.
	brokerTag      = 10_000
	brokerTagBytes = 4
)

// appendPrincipal appends the principal, such as User:alice, as it travels in an
// envelope: Kafka's DefaultPrincipalData behind its version.
func appendPrincipal(dst []byte, principal string, broker int32) []byte {
	kind, name, _ := strings.Cut(principal, ":")
	dst = wire.AppendInt16(dst, principalVersion)
	dst = wire.AppendCompactString(dst, kind)
	dst = wire.AppendCompactString(dst, name)
	dst = wire.AppendBool(dst, false)
	dst = wire.AppendUVarint(dst, 1)
	dst = wire.AppendUVarint(dst, brokerTag)
	dst = wire.AppendUVarint(dst, brokerTagBytes)
	return wire.AppendInt32(dst, broker)
}

// parsePrincipal is the reverse. The broker is controller.NoBroker if the sender,
// such as a Kafka, does not tell it.
func parsePrincipal(b []byte) (principal string, broker int32, err error) {
	var r wire.Reader
	r.Reset(b)
	if version := r.Int16(); version != principalVersion {
		return "", 0, errPrincipal
	}
	kind, name := r.CompactString(), r.CompactString()
	r.Bool() // whether a delegation token stands for it
	broker = controller.NoBroker
	for n := r.UVarint(); n > 0 && r.Err() == nil; n-- {
		tag, size := r.UVarint(), r.UVarint()
		switch {
		case int64(size) > int64(r.Remaining()):
			return "", 0, errPrincipal
		case tag == brokerTag && size == brokerTagBytes:
			broker = r.Int32()
		default:
			for range size {
				r.Int8()
			}
		}
	}
	if r.Err() != nil || r.Remaining() > 0 {
		return "", 0, errPrincipal
	}
	return kind + ":" + name, broker, nil
}

package group

import (
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"

	"github.com/brolga-io/brolga/internal/wire"
)

// Client is who sent a request.
type Client struct {
	// ID is the client id of the request header, "" if there was none.
	ID string
	// Host is the remote IP address without a port, as net/netip writes it.
	Host string
}

// javaHost writes an address as Java's InetAddress.toString does, because that
// text is stored with the member and shown by the tools: a slash, and IPv6 as
// eight groups that are never shortened.
func javaHost(host string) string {
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return "/" + host
	}
	addr = addr.Unmap()
	if addr.Is4() {
		return "/" + addr.String()
	}
	var b strings.Builder
	bytes := addr.As16()
	for i := 0; i < len(bytes); i += 2 {
		if i == 0 {
			b.WriteByte('/')
		} else {
			b.WriteByte(':')
		}
		b.WriteString(strconv.FormatUint(uint64(bytes[i])<<8|uint64(bytes[i+1]), 16))
	}
	if zone := addr.Zone(); zone != "" {
		b.WriteByte('%')
		b.WriteString(zone)
	}
	return b.String()
}

// memberID makes the id of a new member: its instance id or client id, a dash and
// a random UUID. The prefix is cut where the id would not fit a string of the
// protocol.
func memberID(prefix string, random wire.UUID) string {
	const uuidLength = 36
	if most := wire.MaxStringLength - uuidLength - 1; len(prefix) > most {
		prefix = prefix[:most]
	}
	return prefix + "-" + uuidText(random)
}

// uuidText writes a random UUID (version 4 of RFC 9562) in its usual form.
func uuidText(u wire.UUID) string {
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	digits := hex.EncodeToString(u[:])
	return strings.Join([]string{digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]}, "-")
}

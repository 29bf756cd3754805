package cli

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/brolga-io/brolga/internal/wire"
)

// parseInitialControllers reads id@host:port:directoryId entries and returns
// the directory id of each.
func parseInitialControllers(text string) (map[int32]wire.UUID, error) {
	voters := map[int32]wire.UUID{}
	for _, entry := range strings.Split(text, ",") {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		id, dir, err := parseInitialController(entry)
		if err != nil {
			return nil, err
		}
		if _, twice := voters[id]; twice {
			return nil, illegalArgument("Duplicate node id: " + strconv.Itoa(int(id)))
		}
		voters[id] = dir
	}
	if len(voters) == 0 {
		return nil, illegalArgument("No voters given.")
	}
	return voters, nil
}

func parseInitialController(entry string) (int32, wire.UUID, error) {
	var none wire.UUID
	number, rest, ok := strings.Cut(entry, "@")
	if !ok {
		return 0, none, illegalArgument("No @ found in dynamic voter string.")
	}
	id, err := strconv.ParseInt(number, 10, 32)
	if err != nil {
		return 0, none, illegalArgument("Failed to parse node id in dynamic voter string.")
	}
	if id < 0 {
		return 0, none, illegalArgument("Invalid negative node id " + number + " in dynamic voter string.")
	}
	host, rest, ok := cutHost(rest)
	if !ok || host == "" {
		return 0, none, illegalArgument("No colon following hostname could be found.")
	}
	portText, dirText, ok := strings.Cut(rest, ":")
	if !ok {
		return 0, none, illegalArgument("No colon following port could be found.")
	}
	if port, err := strconv.Atoi(portText); err != nil || port < 0 || port > 65535 {
		return 0, none, illegalArgument("Failed to parse port in dynamic voter string.")
	}
	raw, err := base64.RawURLEncoding.DecodeString(dirText)
	if err != nil || len(raw) != 16 {
		return 0, none, illegalArgument("Failed to parse directory ID in dynamic voter string.")
	}
	return int32(id), wire.UUID(raw), nil
}

// cutHost takes a host off, which may be an IPv6 address in brackets.
func cutHost(s string) (host, rest string, ok bool) {
	if inner, isV6 := strings.CutPrefix(s, "["); isV6 {
		host, rest, ok = strings.Cut(inner, "]:")
		return host, rest, ok
	}
	return strings.Cut(s, ":")
}

package cli

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/brolga-io/brolga/internal/wire"
)

// parseInitialControllers reads id@host:port:directoryId entries and returns
// what each is, but for the name of its listener.
func parseInitialControllers(text string) (map[int32]wire.VotersRecordVoter, error) {
	voters := map[int32]wire.VotersRecordVoter{}
	for _, entry := range strings.Split(text, ",") {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		voter, err := parseInitialController(entry)
		if err != nil {
			return nil, err
		}
		if _, twice := voters[voter.VoterId]; twice {
			return nil, illegalArgument("Duplicate node id: " + strconv.Itoa(int(voter.VoterId)))
		}
		voters[voter.VoterId] = voter
	}
	if len(voters) == 0 {
		return nil, illegalArgument("No voters given.")
	}
	return voters, nil
}

func parseInitialController(entry string) (voter wire.VotersRecordVoter, err error) {
	number, rest, ok := strings.Cut(entry, "@")
	if !ok {
		return voter, illegalArgument("No @ found in dynamic voter string.")
	}
	id, err := strconv.ParseInt(number, 10, 32)
	if err != nil {
		return voter, illegalArgument("Failed to parse node id in dynamic voter string.")
	}
	if id < 0 {
		return voter, illegalArgument("Invalid negative node id " + number + " in dynamic voter string.")
	}
	host, rest, ok := cutHost(rest)
	if !ok || host == "" {
		return voter, illegalArgument("No colon following hostname could be found.")
	}
	portText, dirText, ok := strings.Cut(rest, ":")
	if !ok {
		return voter, illegalArgument("No colon following port could be found.")
	}
	port, err := strconv.Atoi(portText)
	if err != nil || port < 0 || port > 65535 {
		return voter, illegalArgument("Failed to parse port in dynamic voter string.")
	}
	raw, err := base64.RawURLEncoding.DecodeString(dirText)
	if err != nil || len(raw) != 16 {
		return voter, illegalArgument("Failed to parse directory ID in dynamic voter string.")
	}
	return initialVoter(int32(id), wire.UUID(raw), wire.VotersRecordEndpoint{Host: host, Port: uint16(port)}), nil
}

// initialVoter is a voter as Kafka of this release writes it.
func initialVoter(id int32, dir wire.UUID, e wire.VotersRecordEndpoint) wire.VotersRecordVoter {
	return wire.VotersRecordVoter{
		VoterId: id, VoterDirectoryId: dir, Endpoints: []wire.VotersRecordEndpoint{e},
		KRaftVersionFeature: wire.VotersRecordKRaftVersionFeature{MaxSupportedVersion: 1},
	}
}

// cutHost takes a host off, which may be an IPv6 address in brackets.
func cutHost(s string) (host, rest string, ok bool) {
	if inner, isV6 := strings.CutPrefix(s, "["); isV6 {
		host, rest, ok = strings.Cut(inner, "]:")
		return host, rest, ok
	}
	return strings.Cut(s, ":")
}

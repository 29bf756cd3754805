package config

import (
	"strconv"
	"strings"
)

// bytesPerCleaner is what a cleaner thread needs at least for its key map.
const bytesPerCleaner = 1 << 20

// checkLog compares the keys of the log.
func (s *Static) checkLog() error {
	t := ResolveTopic(nil, s.Lookup)
	switch {
	case t.SegmentMs < 1:
		return invalid("log.roll.ms must be greater than or equal to 1")
	case t.SegmentJitterMs < 0:
		return invalid("log.roll.jitter.ms must be greater than or equal to 0")
	case t.RetentionMs == 0:
		return invalid("log.retention.ms must be unlimited (-1) or, greater than or equal to 1")
	case s.Long("log.cleaner.dedupe.buffer.size")/max(1, s.Long("log.cleaner.threads")) <= bytesPerCleaner:
		return invalid("log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.")
	}
	var foreign []string
	for _, dir := range s.List("cordoned.log.dirs") {
		if dir != "*" && !contains(s.LogDirs(), dir) {
			foreign = append(foreign, dir)
		}
	}
	if len(foreign) > 0 {
		return invalid("All entries in cordoned.log.dirs must be present in log.dirs or log.dir. Missing entries : ", strings.Join(foreign, ", "))
	}
	return nil
}

// checkReplica compares the times of replication.
func (s *Static) checkReplica() error {
	wait := s.Long("replica.fetch.wait.max.ms")
	switch {
	case s.Long("replica.socket.timeout.ms") < wait:
		return invalid("replica.socket.timeout.ms should always be at least replica.fetch.wait.max.ms to prevent unnecessary socket timeouts")
	case wait > s.Long("replica.lag.time.max.ms"):
		return invalid("replica.fetch.wait.max.ms should always be less than or equal to replica.lag.time.max.ms to prevent frequent changes in ISR")
	}
	return nil
}

// checkConnections compares limits and times of connections.
func (s *Static) checkConnections() error {
	if n := s.Long("queued.max.request.bytes"); n > 0 && n < s.Long("socket.request.max.bytes") {
		return invalid("queued.max.request.bytes must be larger or equal to socket.request.max.bytes")
	}
	delay, idle := s.Long("connection.failed.authentication.delay.ms"), s.Long("connections.max.idle.ms")
	if idle > 0 && delay >= idle {
		return invalid("connection.failed.authentication.delay.ms=", strconv.FormatInt(delay, 10),
			" should always be less than connections.max.idle.ms=", strconv.FormatInt(idle, 10),
			" to prevent failed authentication responses from timing out")
	}
	overrides, err := ParseIPLimits(s.String("max.connections.per.ip.overrides"))
	if err != nil {
		return err
	}
	if s.Long("max.connections.per.ip") == 0 && len(overrides) == 0 {
		return invalid("max.connections.per.ip can be set to zero only if max.connections.per.ip.overrides property is set.")
	}
	return nil
}

// ParseIPLimits reads max.connections.per.ip.overrides: host:limit pairs.
func ParseIPLimits(value string) (map[string]int, error) {
	limits := map[string]int{}
	for _, pair := range SplitList(value) {
		i := strings.LastIndexByte(pair, ':')
		if i < 0 {
			return nil, invalid("Error parsing configuration property 'max.connections.per.ip.overrides': ", pair, " is not of the form host:limit")
		}
		n, err := strconv.ParseInt(strings.TrimSpace(pair[i+1:]), 10, 32)
		if err != nil {
			return nil, invalid(`For input string: "`, strings.TrimSpace(pair[i+1:]), `"`)
		}
		limits[strings.TrimSpace(pair[:i])] = int(n)
	}
	return limits, nil
}

// lastCodec is the highest id of a compression codec: zstd.
const lastCodec = 4

// checkCodecs wants known codec ids for the internal topics.
func (s *Static) checkCodecs() error {
	for _, name := range []string{"offsets.topic.compression.codec", "share.coordinator.state.topic.compression.codec"} {
		if id := s.Int(name); id < 0 || id > lastCodec {
			return invalid("Unknown compression type id: ", strconv.Itoa(id))
		}
	}
	return nil
}

package config

// groupBounds are triples of a group default with its bounds, by prefix; the
// bounds are <prefix>min.<name> and <prefix>max.<name>, either may be missing.
var groupBounds = []struct {
	prefix, name string
	min, max     bool
}{
	{"group.consumer.", "heartbeat.interval.ms", true, true},
	{"group.consumer.", "session.timeout.ms", true, true},
	{"group.consumer.", "assignment.interval.ms", true, true},
	{"group.share.", "heartbeat.interval.ms", true, true},
	{"group.share.", "session.timeout.ms", true, true},
	{"group.share.", "assignment.interval.ms", true, true},
	{"group.share.", "record.lock.duration.ms", true, true},
	{"group.share.", "delivery.count.limit", true, true},
	{"group.share.", "partition.max.record.locks", true, true},
	{"group.streams.", "heartbeat.interval.ms", true, true},
	{"group.streams.", "session.timeout.ms", true, true},
	{"group.streams.", "assignment.interval.ms", true, true},
	{"group.streams.", "num.standby.replicas", false, true},
	{"group.streams.", "num.warmup.replicas", false, true},
	{"group.streams.", "task.offset.interval.ms", true, false},
}

// boundName returns the key of a bound: delivery.count.limit and record.… have
// the word max in the plain name already, so min. and max. go in front.
func boundName(prefix, which, name string) string {
	switch name {
	case "num.standby.replicas":
		return prefix + which + "standby.replicas"
	case "num.warmup.replicas":
		return prefix + which + "warmup.replicas"
	}
	return prefix + which + name
}

// checkGroups compares the defaults of groups with their bounds.
func (s *Static) checkGroups() error {
	for _, b := range groupBounds {
		if err := s.checkBounds(b.prefix, b.name, b.min, b.max); err != nil {
			return err
		}
	}
	for _, prefix := range []string{"group.consumer.", "group.share.", "group.streams."} {
		heartbeat, session := prefix+"heartbeat.interval.ms", prefix+"session.timeout.ms"
		if s.Long(heartbeat) >= s.Long(session) {
			return invalid(heartbeat, " must be less than ", session)
		}
	}
	if s.Long("group.share.max.share.sessions") < s.Long("group.share.max.size") {
		return invalid("group.share.max.share.sessions must be greater than or equal to group.share.max.size")
	}
	if !contains(s.List("group.coordinator.rebalance.protocols"), "classic") {
		return invalid("Disabling the 'classic' protocol is not supported.")
	}
	return nil
}

// checkBounds wants min ≤ max and the default between them.
func (s *Static) checkBounds(prefix, name string, hasMin, hasMax bool) error {
	key, lo, hi := prefix+name, boundName(prefix, "min.", name), boundName(prefix, "max.", name)
	// For these two Kafka names the bound, not the default, as the culprit.
	boundFirst := name == "delivery.count.limit" || name == "partition.max.record.locks"
	if hasMin && hasMax && s.Long(hi) < s.Long(lo) {
		return invalid(hi, " must be greater than or equal to ", lo)
	}
	if hasMin && s.Long(key) < s.Long(lo) {
		return invalid(key, " must be greater than or equal to ", lo)
	}
	if hasMax && s.Long(key) > s.Long(hi) {
		if boundFirst {
			return invalid(hi, " must be greater than or equal to ", key)
		}
		return invalid(key, " must be less than or equal to ", hi)
	}
	return nil
}

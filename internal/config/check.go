package config

import (
	"strconv"
	"strings"
)

// check resolves what the roles and listeners mean and makes the checks that
// concern more than one key, as Kafka's KafkaConfig does at start.
func (s *Static) check() error {
	for _, step := range []func() error{
		s.checkRoles, s.checkQuorum, s.checkListeners, s.checkAdvertised,
		s.checkInterBroker, s.checkAdvertisedNames, s.checkEarlyStart, s.checkLog, s.checkReplica, s.checkConnections,
		s.checkGroups, s.checkCodecs,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// invalid makes an InvalidError of the parts.
func invalid(parts ...string) error { return &InvalidError{strings.Join(parts, "")} }

// checkRoles wants the keys that have no default.
func (s *Static) checkRoles() error {
	for _, name := range []string{"process.roles", "node.id"} {
		if !s.IsSet(name) {
			return missing(name)
		}
	}
	for _, r := range s.List("process.roles") {
		s.roles = append(s.roles, Role(r))
	}
	s.nodeID = int32(s.Int("node.id"))
	return nil
}

func missing(name string) error {
	return invalid(`Missing required configuration "`, name, `" which has no default value.`)
}

// checkQuorum reads voters and bootstrap servers. A node with both roles may
// have neither: it is a quorum of its own then, which Kafka does not offer.
func (s *Static) checkQuorum() (err error) {
	if s.voters, err = parseVoters(s.List(votersKey)); err != nil {
		return err
	}
	if s.bootstrap, err = parseBootstrap(s.List(bootstrapKey)); err != nil {
		return err
	}
	combined := s.HasRole(RoleBroker) && s.HasRole(RoleController)
	if s.Alone() && combined {
		return nil
	}
	if !s.IsSet("controller.listener.names") {
		return missing("controller.listener.names")
	}
	if s.Alone() {
		return invalid("If using process.roles, either ", bootstrapKey, " must contain the set of bootstrap controllers or ",
			votersKey, " must contain a parseable set of controllers.")
	}
	return s.checkVoterID()
}

// checkVoterID compares node.id with the voters.
func (s *Static) checkVoterID() error {
	if len(s.voters) == 0 {
		return nil
	}
	ids := make([]string, len(s.voters))
	member := false
	for i, v := range s.voters {
		ids[i] = strconv.Itoa(int(v.ID))
		member = member || v.ID == s.nodeID
	}
	rest := strconv.Itoa(int(s.nodeID))
	voters := " the set of voters " + votersKey + "=Set(" + strings.Join(ids, ", ") + ")"
	switch controller := s.HasRole(RoleController); {
	case controller && !member:
		return invalid("If process.roles contains the 'controller' role, the node id ", rest, " must be included in", voters)
	case !controller && member:
		return invalid("If process.roles contains just the 'broker' role, the node id ", rest, " must not be included in", voters)
	}
	return nil
}

// checkListeners reads listeners and tells the controllers' from the others.
func (s *Static) checkListeners() error {
	for _, n := range s.List("controller.listener.names") {
		s.controllerNames = append(s.controllerNames, strings.ToUpper(n))
	}
	protocols, err := s.protocolMap()
	if err != nil {
		return err
	}
	if s.listeners, err = parseListeners(s.List("listeners"), protocols, true); err != nil {
		return err
	}
	if err := s.checkControllerListeners(); err != nil {
		return err
	}
	for _, name := range s.controllerNames {
		if _, ok := protocols[name]; !ok {
			return invalid("Controller listener with name ", name, " defined in controller.listener.names not found in listener.security.protocol.map",
				"  (an explicit security mapping for each controller listener is required if listener.security.protocol.map is non-empty, ",
				"or if there are security protocols other than PLAINTEXT in use)")
		}
	}
	return nil
}

// protocolMap reads listener.security.protocol.map. While it is not set,
// controller listeners of any name are PLAINTEXT, unless another protocol is
// in use already.
func (s *Static) protocolMap() (map[string]Protocol, error) {
	protocols, err := parseProtocolMap(s.String("listener.security.protocol.map"))
	if err != nil || s.IsSet("listener.security.protocol.map") {
		return protocols, err
	}
	for _, entry := range s.List("listeners") {
		l, ok := parseListener(entry)
		if p, known := protocols[l.Name]; ok && known && p != Plaintext {
			return protocols, nil
		}
	}
	for _, name := range s.controllerNames {
		if _, ok := protocols[name]; !ok {
			protocols[name] = Plaintext
		}
	}
	return protocols, nil
}

// checkControllerListeners compares controller.listener.names with listeners.
func (s *Static) checkControllerListeners() error {
	own := s.ControllerListeners()
	switch {
	case !s.HasRole(RoleController):
		if len(own) > 0 {
			return invalid("controller.listener.names must not contain a value appearing in the 'listeners' configuration when running KRaft with just the broker role")
		}
	case !s.HasRole(RoleBroker) && len(own) < len(s.listeners):
		return invalid("The listeners config must only contain KRaft controller listeners from controller.listener.names when process.roles=controller")
	case s.Alone() && len(s.controllerNames) == 0:
	case len(own) == 0:
		return invalid("controller.listener.names must contain at least one value appearing in the 'listeners' configuration when running the KRaft controller role")
	case len(own) < len(s.controllerNames):
		return invalid("controller.listener.names must only contain values appearing in the 'listeners' configuration when running the KRaft controller role")
	}
	return nil
}

// checkEarlyStart wants early.start.listeners to exist.
func (s *Static) checkEarlyStart() error {
	for _, name := range s.List("early.start.listeners") {
		known := contains(s.controllerNames, strings.ToUpper(name))
		for _, l := range s.listeners {
			known = known || strings.EqualFold(l.Name, name)
		}
		if !known {
			return invalid("early.start.listeners contains listener ", name, ", but this is not contained in listeners or controller.listener.names")
		}
	}
	return nil
}

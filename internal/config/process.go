package config

import "slices"

// NodeID returns node.id.
func (s *Static) NodeID() int32 { return s.nodeID }

// ProcessRoles returns process.roles.
func (s *Static) ProcessRoles() []Role { return s.roles }

// HasRole tells whether the process plays a role.
func (s *Static) HasRole(r Role) bool { return slices.Contains(s.roles, r) }

// Alone tells whether this node is a quorum of itself that nobody can join:
// neither voters nor bootstrap servers are set.
func (s *Static) Alone() bool { return len(s.voters) == 0 && len(s.bootstrap) == 0 }

// Listeners returns the listeners for clients and brokers.
func (s *Static) Listeners() []Listener {
	return s.pick(s.listeners, false)
}

// ControllerListeners returns the listeners on which the controller role
// serves; empty for a node that is alone without one.
func (s *Static) ControllerListeners() []Listener {
	return s.pick(s.listeners, true)
}

// AdvertisedListeners returns what clients are told, the controllers'
// listeners left out. An empty host stands for the machine's own name and a
// port of 0 for the one that was bound; whoever opens the listeners fills them.
func (s *Static) AdvertisedListeners() []Listener { return s.advertised }

// AdvertisedControllerListeners returns where others reach this controller: those of
// advertised.listeners, else those of listeners. An empty host stands for the
// machine's own name.
func (s *Static) AdvertisedControllerListeners() []Listener {
	own := s.ControllerListeners()
	protocols, err := s.protocolMap()
	if err != nil {
		return own
	}
	advertised, err := parseListeners(s.List("advertised.listeners"), protocols, false)
	if err != nil {
		return own // a process that is a controller only need not have any
	}
	if named := s.pick(advertised, true); len(named) > 0 {
		return named
	}
	return own
}

// ControllerListenerNames returns controller.listener.names, upper-cased as
// listeners are; brokers dial controllers through the first.
func (s *Static) ControllerListenerNames() []string { return s.controllerNames }

// InterBrokerListener returns the name of the listener among brokers.
func (s *Static) InterBrokerListener() string { return s.interBroker }

// Voters returns controller.quorum.voters.
func (s *Static) Voters() []Voter { return s.voters }

// BootstrapControllers returns controller.quorum.bootstrap.servers.
func (s *Static) BootstrapControllers() []Address { return s.bootstrap }

// LogDirs returns log.dirs, or log.dir when it is not set.
func (s *Static) LogDirs() []string {
	if dirs := s.List("log.dirs"); len(dirs) > 0 {
		return dirs
	}
	return s.List("log.dir")
}

// MetadataLogDir returns metadata.log.dir, or the first data directory.
func (s *Static) MetadataLogDir() string {
	if dir := s.String("metadata.log.dir"); dir != "" {
		return dir
	}
	return s.LogDirs()[0]
}

// pick returns the listeners that are, or are not, the controllers'.
func (s *Static) pick(from []Listener, controllers bool) []Listener {
	var picked []Listener
	for _, l := range from {
		if slices.Contains(s.controllerNames, l.Name) == controllers {
			picked = append(picked, l)
		}
	}
	return picked
}

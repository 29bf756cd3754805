package config

import (
	"net/netip"
	"strings"
)

// checkAdvertised resolves advertised.listeners, which default to listeners.
func (s *Static) checkAdvertised() error {
	if !s.HasRole(RoleBroker) {
		return nil
	}
	all := s.listeners
	if s.IsSet("advertised.listeners") {
		protocols, err := s.protocolMap()
		if err != nil {
			return err
		}
		if all, err = parseListeners(s.List("advertised.listeners"), protocols, false); err != nil {
			return err
		}
	}
	if s.advertised = s.pick(all, false); len(s.advertised) == 0 {
		return invalid("There must be at least one broker advertised listener. Perhaps all listeners appear in controller.listener.names?")
	}
	for _, l := range s.advertised {
		if addr, err := netip.ParseAddr(l.Host); err == nil && addr.IsUnspecified() {
			return invalid("advertised.listeners cannot use the nonroutable meta-address 0.0.0.0. Use a routable IP address.")
		}
	}
	return nil
}

// checkAdvertisedNames wants every advertised listener to be listened on.
func (s *Static) checkAdvertisedNames() error {
	for _, l := range s.advertised {
		if !s.listens(l.Name) {
			return invalid("advertised.listeners listener names must be equal to or a subset of the ones defined in listeners. Found ",
				listenerNames(s.advertised), ". The valid options based on the current configuration are ", listenerNames(s.listeners))
		}
	}
	return nil
}

// checkInterBroker resolves the listener among brokers.
func (s *Static) checkInterBroker() error {
	if s.IsSet("inter.broker.listener.name") && s.IsSet("security.inter.broker.protocol") {
		return invalid("Only one of inter.broker.listener.name and security.inter.broker.protocol should be set.")
	}
	s.interBroker = strings.ToUpper(s.String("inter.broker.listener.name"))
	if s.interBroker == "" {
		s.interBroker = s.String("security.inter.broker.protocol")
	}
	if !s.HasRole(RoleBroker) {
		return nil
	}
	for _, l := range s.advertised {
		if l.Name == s.interBroker {
			return nil
		}
	}
	return invalid("inter.broker.listener.name must be a listener name defined in advertised.listeners. ",
		"The valid options based on currently configured listeners are ", listenerNames(s.advertised))
}

// listens tells whether listeners has that name.
func (s *Static) listens(name string) bool {
	for _, l := range s.listeners {
		if l.Name == name {
			return true
		}
	}
	return false
}

func listenerNames(listeners []Listener) string {
	names := make([]string, len(listeners))
	for i, l := range listeners {
		names[i] = l.Name
	}
	return strings.Join(names, ",")
}

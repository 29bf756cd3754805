package config

import (
	"slices"
	"strconv"
	"strings"
)

// Role is one of process.roles.
type Role string

// The roles of a process.
const (
	RoleBroker     Role = "broker"
	RoleController Role = "controller"
)

// Static is the configuration a process was started with: the file, the
// --override arguments and the defaults under them. It never changes.
type Static struct {
	set     map[string]string // known keys that were set, canonical
	unknown []string          // keys nobody knows, sorted

	nodeID          int32
	roles           []Role
	listeners       []Listener // all, controllers' included
	advertised      []Listener // of the broker role
	controllerNames []string
	interBroker     string
	voters          []Voter
	bootstrap       []Address
}

// Standalone returns the properties of one node without a file: both roles,
// one PLAINTEXT listener on localhost:9092, no controller listener, data in
// ./brolga-data, internal topics with one replica.
func Standalone() Properties {
	return Properties{
		"process.roles":                    "broker,controller",
		"node.id":                          "1",
		"listeners":                        "PLAINTEXT://localhost:9092",
		"log.dirs":                         "./brolga-data",
		"offsets.topic.replication.factor": "1",
		"transaction.state.log.replication.factor":         "1",
		"transaction.state.log.min.isr":                    "1",
		"share.coordinator.state.topic.replication.factor": "1",
		"share.coordinator.state.topic.min.isr":            "1",
	}
}

// Load checks properties and overrides of the form key=value, which win and of
// which a later one wins, and returns what they say. The error is one plain
// sentence, Kafka's where Kafka has one. Unknown keys are no error.
func Load(props Properties, overrides []string) (*Static, error) {
	merged := make(Properties, len(props)+len(overrides))
	for k, v := range props {
		merged[k] = v
	}
	for _, o := range overrides {
		k, v, ok := strings.Cut(o, "=")
		if !ok || k == "" {
			return nil, &InvalidError{"Invalid command line properties: " + o}
		}
		merged[k] = v
	}
	s := &Static{set: make(map[string]string, len(merged))}
	if err := s.parseValues(merged); err != nil {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	return s, nil
}

// parseValues checks each value by itself, in the order of the names so that
// the first mistake reported does not depend on chance.
func (s *Static) parseValues(props Properties) error {
	names := make([]string, 0, len(props))
	for name := range props {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		_, _, base := SplitListenerPrefix(name)
		d, ok := Broker(base)
		if !ok || d.DynamicOnly {
			if !ok && !removed(name) {
				s.unknown = append(s.unknown, name)
			}
			continue
		}
		value, err := d.Parse(props[name])
		if err != nil {
			return err
		}
		if err := checkClass(d, value); err != nil {
			return err
		}
		s.set[name] = value
	}
	return s.resolveNodeID()
}

// resolveNodeID makes node.id and broker.id one key.
func (s *Static) resolveNodeID() error {
	node, hasNode := s.set["node.id"]
	broker, hasBroker := s.set["broker.id"]
	if hasNode && hasBroker && node != broker {
		return &InvalidError{"`node.id` and `broker.id` must be set to the same value. `broker.id` is deprecated, please use `node.id` instead."}
	}
	if hasBroker && !hasNode {
		d, _ := Broker("node.id")
		if _, err := d.Parse(broker); err != nil {
			return err
		}
		s.set["node.id"] = broker
	}
	if hasNode {
		s.set["broker.id"] = node
	}
	return nil
}

// Get returns the value of a broker key and where it is from. ok is false when
// the value is null or the key is unknown. Synonyms are not followed.
func (s *Static) Get(name string) (value string, source Source, ok bool) {
	if v, found := s.set[name]; found {
		return v, SourceStaticBroker, true
	}
	_, _, base := SplitListenerPrefix(name)
	if base != name {
		return s.Get(base)
	}
	d, found := Broker(name)
	if !found || !d.HasDefault() {
		return "", SourceDefault, false
	}
	return d.Default, SourceDefault, true
}

// IsSet tells whether the key was given in the file or as an override.
func (s *Static) IsSet(name string) bool {
	_, ok := s.set[name]
	return ok
}

// String returns the value of any broker key, empty when it is null.
func (s *Static) String(name string) string {
	v, _, ok := s.Get(name)
	if !ok {
		if _, known := Broker(name); !known {
			panic("BUG: unknown config key " + name)
		}
	}
	return v
}

// Bool returns the value of a BOOLEAN key.
func (s *Static) Bool(name string) bool { return s.String(name) == "true" }

// Long returns the value of an INT, SHORT or LONG key, 0 when it is null.
func (s *Static) Long(name string) int64 {
	v := s.String(name)
	if v == "" {
		return 0
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		panic("BUG: config key " + name + " is no integer")
	}
	return n
}

// Int returns the value of an INT or SHORT key, 0 when it is null.
func (s *Static) Int(name string) int { return int(s.Long(name)) }

// Double returns the value of a DOUBLE key.
func (s *Static) Double(name string) float64 {
	f, err := strconv.ParseFloat(s.String(name), 64)
	if err != nil {
		panic("BUG: config key " + name + " is no number")
	}
	return f
}

// List returns the elements of a LIST key, nil when it is null or empty.
func (s *Static) List(name string) []string { return SplitList(s.String(name)) }

// Unknown returns the keys that were set and that neither Kafka nor brolga
// knows, sorted: they are ignored, which deserves one line in the log. Keys of
// earlier Kafka releases are not among them.
func (s *Static) Unknown() []string { return s.unknown }

// Set returns the keys that were set and their canonical values; the map is
// the caller's. It holds passwords: do not log it.
func (s *Static) Set() map[string]string {
	out := make(map[string]string, len(s.set))
	for k, v := range s.set {
		out[k] = v
	}
	return out
}

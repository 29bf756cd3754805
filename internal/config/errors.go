package config

// InvalidError is a name or a value that is refused. Its text is Kafka's own
// sentence, fit to be answered to a client (INVALID_CONFIG) or to be the one
// line with which a server refuses to start.
type InvalidError struct{ Text string }

func (e *InvalidError) Error() string { return e.Text }

// invalidValue makes Kafka's sentence for a value that a key does not take.
func invalidValue(name, value, why string) error {
	return &InvalidError{"Invalid value " + value + " for configuration " + name + ": " + why}
}

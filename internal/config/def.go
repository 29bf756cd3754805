package config

// Type is the type of a key's value; the numbers are those of DescribeConfigs.
type Type int8

// The types of Kafka's ConfigDef.
const (
	Unknown Type = iota
	Boolean
	String
	Int
	Short
	Long
	Double
	List
	Class
	Password
)

// String returns the type's name as Kafka writes it.
func (t Type) String() string {
	switch t {
	case Boolean:
		return "BOOLEAN"
	case String:
		return "STRING"
	case Int:
		return "INT"
	case Short:
		return "SHORT"
	case Long:
		return "LONG"
	case Double:
		return "DOUBLE"
	case List:
		return "LIST"
	case Class:
		return "CLASS"
	case Password:
		return "PASSWORD"
	}
	return "UNKNOWN"
}

// Importance is how much a key matters to its reader, not to the program.
type Importance int8

// The importances of Kafka's ConfigDef.
const (
	High Importance = iota
	Medium
	Low
)

// String returns the importance as Kafka writes it.
func (i Importance) String() string {
	switch i {
	case High:
		return "HIGH"
	case Medium:
		return "MEDIUM"
	}
	return "LOW"
}

// UpdateMode tells whether a broker key can be changed while the broker runs.
type UpdateMode int8

// The update modes of KIP-226.
const (
	ReadOnly    UpdateMode = iota // only in the file, takes a restart
	PerBroker                     // dynamic, for one broker only
	ClusterWide                   // dynamic, for one broker or for all
)

// String returns the mode as Kafka's documentation writes it.
func (m UpdateMode) String() string {
	switch m {
	case PerBroker:
		return "per-broker"
	case ClusterWide:
		return "cluster-wide"
	}
	return "read-only"
}

// Def is one config key.
type Def struct {
	Name       string
	Type       Type
	Default    string // canonical; empty as well when Null or Required
	Null       bool   // the default is null
	Required   bool   // there is no default: the key must be set
	Rule       Rule   // the values it takes beyond those of its type
	Importance Importance
	Update     UpdateMode // of a broker key
	Internal   bool       // accepted, but left out of descriptions
	Synonyms   []string   // keys that stand in for it while it is unset, nearest first
	Doc        string     // one line

	DynamicOnly bool // a broker key that no file can set
	Own         bool // brolga's, unknown to Kafka
}

// HasDefault tells whether the default is a value rather than null or nothing.
func (d Def) HasDefault() bool { return !d.Null && !d.Required }

// Sensitive tells whether the value must never be shown or logged.
func (d Def) Sensitive() bool { return d.Type == Password }

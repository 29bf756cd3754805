package view

// ConfigList is the configs of a topic or a broker.
type ConfigList struct {
	Configs []Config `json:"configs" doc:"Sorted by name."`
}

// Config is one config in force.
type Config struct {
	ConfigDoc
	Value    *string         `json:"value" doc:"null: not set, or secret."`
	Source   ConfigSource    `json:"source"`
	Synonyms []ConfigSynonym `json:"synonyms" doc:"Where the value would come from next."`
}

// ConfigDoc is what is known of a config before it has a value.
type ConfigDoc struct {
	Name      string   `json:"name"`
	Type      string   `json:"type" doc:"boolean, string, int, short, long, double, list, class, password."`
	Default   *string  `json:"default" doc:"null: none, or not known."`
	Doc       string   `json:"doc,omitempty"`
	Rule      string   `json:"rule,omitempty" doc:"Which values are allowed, in words."`
	Values    []string `json:"values" doc:"The allowed values, where they can be counted."`
	Unit      string   `json:"unit,omitempty" doc:"ms, bytes, …, as the name tells."`
	Sensitive bool     `json:"sensitive"`
	ReadOnly  bool     `json:"readOnly" doc:"Cannot be changed while the broker runs."`
}

// ConfigSource says where a value comes from.
type ConfigSource string

// Values lists them.
func (ConfigSource) Values() []string {
	return []string{"topic", "broker", "cluster", "static", "default", "group", "client-metrics", "logger", "unknown"}
}

// ConfigSynonym is one step of the search for a value.
type ConfigSynonym struct {
	Name   string       `json:"name"`
	Value  *string      `json:"value"`
	Source ConfigSource `json:"source"`
}

// ConfigChange sets and unsets configs, all or none.
type ConfigChange struct {
	Set   map[string]string `json:"set,omitempty"`
	Unset []string          `json:"unset,omitempty" doc:"Back to what applies without it."`
}

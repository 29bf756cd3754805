package view

// Cluster is one row of the list of clusters.
type Cluster struct {
	ID               string        `json:"id" doc:"Names the cluster in addresses."`
	Name             string        `json:"name"`
	Source           ClusterSource `json:"source"`
	BootstrapServers []string      `json:"bootstrapServers"`
	Status           ClusterStatus `json:"status"`
	Problem          string        `json:"problem,omitempty" doc:"Why it is not online, in words."`
	ClusterID        string        `json:"clusterId,omitempty" doc:"The cluster's own id."`
	Version          string        `json:"version,omitempty" doc:"Guessed from the APIs that its brokers answer."`
	Brokers          int           `json:"brokers"`
	Topics           int           `json:"topics"`
	Partitions       int           `json:"partitions"`
	ReadOnly         bool          `json:"readOnly"`
}

// ClusterList is all clusters.
type ClusterList struct {
	Clusters []Cluster `json:"clusters"`
}

// NewCluster is a cluster to be added.
type NewCluster struct {
	Name             string            `json:"name"`
	BootstrapServers []string          `json:"bootstrapServers" doc:"host:port, at least one."`
	ReadOnly         bool              `json:"readOnly,omitempty"`
	Properties       map[string]string `json:"properties,omitempty" doc:"Client properties as Java's clients know them: security.protocol, sasl.mechanism, sasl.jaas.config, ssl.truststore.certificates."`
}

// ClusterSource says where a cluster of the list comes from.
type ClusterSource string

// Where clusters come from.
const (
	SourceBuiltIn     ClusterSource = "builtin"
	SourceEnvironment ClusterSource = "environment"
	SourceCommandLine ClusterSource = "commandline"
	SourceAdded       ClusterSource = "added"
)

// Values lists them.
func (ClusterSource) Values() []string {
	return []string{"builtin", "environment", "commandline", "added"}
}

// ClusterStatus says whether a cluster answers.
type ClusterStatus string

// States of the connection to a cluster.
const (
	StatusOnline     ClusterStatus = "online"
	StatusConnecting ClusterStatus = "connecting"
	StatusOffline    ClusterStatus = "offline"
)

// Values lists them.
func (ClusterStatus) Values() []string { return []string{"online", "connecting", "offline"} }

package view

// Overview is the first page of a cluster.
type Overview struct {
	Verdict         Verdict      `json:"verdict"`
	ClusterID       string       `json:"clusterId"`
	Version         string       `json:"version"`
	Controller      int32        `json:"controller" doc:"Node id of the active controller, which need not be a broker; -1 where there is none."`
	Brokers         []BrokerTile `json:"brokers"`
	Topics          int          `json:"topics"`
	InternalTopics  int          `json:"internalTopics"`
	Partitions      int          `json:"partitions"`
	UnderReplicated int          `json:"underReplicated" doc:"Partitions with fewer in-sync replicas than replicas."`
	Offline         int          `json:"offline" doc:"Partitions without a leader."`
	Groups          int          `json:"groups"`
	Records         Int64        `json:"records" doc:"Ends minus starts of all partitions; less are alive in compacted topics."`
	Bytes           Int64        `json:"bytes" doc:"On disk, all replicas; -1 where unknown."`
	In              Series       `json:"in" doc:"Records written per second."`
	Out             Series       `json:"out" doc:"Records committed by groups per second."`
	InBytes         Series       `json:"inBytes" doc:"Growth of the logs in bytes per second, leaders only."`
	Lag             Series       `json:"lag" doc:"Records that all groups together are behind."`
	TopTopics       []TopicRate  `json:"topTopics" doc:"The busiest topics, at most 5."`
	LaggingGroups   []GroupLag   `json:"laggingGroups" doc:"Groups that are behind, at most 5."`
	Events          []Event      `json:"events" doc:"The newest 20."`
	FirstRun        bool         `json:"firstRun" doc:"Nobody has made a topic yet: show how to connect."`
	AsOf            Millis       `json:"asOf"`
}

// Verdict says in words how the cluster is.
type Verdict struct {
	Status   Level     `json:"status"`
	Sentence string    `json:"sentence" doc:"Healthy, or what is wrong and where."`
	Findings []Finding `json:"findings"`
}

// Finding is one thing that is wrong.
type Finding struct {
	Status   Level  `json:"status"`
	Code     string `json:"code" doc:"offline_partitions, under_replicated, broker_down, no_controller, under_min_isr, lag_growing, …"`
	Sentence string `json:"sentence"`
	Fix      string `json:"fix,omitempty" doc:"What to do."`
	Command  string `json:"command,omitempty" doc:"A command line that shows more."`
	Topic    string `json:"topic,omitempty"`
	Group    string `json:"group,omitempty"`
	Broker   *int32 `json:"broker,omitempty"`
}

// Level is one of the four colours.
type Level string

// The four colours.
const (
	LevelGood    Level = "good"
	LevelInfo    Level = "info"
	LevelWarning Level = "warning"
	LevelBad     Level = "bad"
)

// Values lists them.
func (Level) Values() []string { return []string{"good", "info", "warning", "bad"} }

// BrokerTile is a broker on the overview.
type BrokerTile struct {
	ID         int32  `json:"id"`
	Host       string `json:"host"`
	Port       int32  `json:"port"`
	Rack       string `json:"rack,omitempty"`
	Online     bool   `json:"online" doc:"A broker that was seen and is gone stays in the list as offline."`
	Controller bool   `json:"controller"`
	Leaders    int    `json:"leaders"`
	Replicas   int    `json:"replicas"`
	OutOfSync  int    `json:"outOfSync" doc:"Replicas on it that are not in the ISR."`
	Bytes      Int64  `json:"bytes" doc:"-1 where unknown."`
}

// Series is a line of a chart: equally long lists, oldest first.
type Series struct {
	Times  []Millis  `json:"times"`
	Values []float64 `json:"values"`
}

// TopicRate is a topic and how busy it is.
type TopicRate struct {
	Topic string  `json:"topic"`
	In    float64 `json:"in" doc:"Records per second."`
}

// GroupLag is a group and how far it is behind.
type GroupLag struct {
	Group      string  `json:"group"`
	State      string  `json:"state"`
	Lag        Int64   `json:"lag"`
	TimeBehind *Millis `json:"timeBehind,omitempty" doc:"Milliseconds."`
	Trend      Trend   `json:"trend"`
}

// Connect has what a person needs to reach the cluster with their own client.
type Connect struct {
	Bootstrap  string       `json:"bootstrap" doc:"host:port,… as seen from where the console runs."`
	Advertised []Advertised `json:"advertised" doc:"What brokers tell clients to connect to."`
	Snippets   []Snippet    `json:"snippets"`
}

// Advertised is one broker's address as clients are told it.
type Advertised struct {
	Broker int32  `json:"broker"`
	Host   string `json:"host"`
	Port   int32  `json:"port"`
	Note   string `json:"note,omitempty" doc:"Who can and who cannot reach it, where that can be told."`
}

// Snippet is something to copy.
type Snippet struct {
	ID       string `json:"id" doc:"host, container, java, python, node, go, dotnet, rust."`
	Title    string `json:"title"`
	Language string `json:"language" doc:"sh, java, python, javascript, go, csharp, rust."`
	Text     string `json:"text"`
}

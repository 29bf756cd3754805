package view

// Meta is what the page asks first.
type Meta struct {
	Version        string `json:"version" doc:"The console's own version."`
	KafkaVersion   string `json:"kafkaVersion" doc:"The Kafka that brolga follows."`
	LoginRequired  bool   `json:"loginRequired"`
	User           string `json:"user,omitempty" doc:"Who is logged in."`
	ReadOnly       bool   `json:"readOnly" doc:"Nothing may be changed, by this user or by anybody."`
	Lab            bool   `json:"lab" doc:"Brokers can be stopped and started: the /lab routes exist."`
	DefaultCluster string `json:"defaultCluster,omitempty" doc:"Id of the cluster to show first."`
	Limits         Limits `json:"limits"`
}

// Limits are what the server holds requests to.
type Limits struct {
	BodyBytes       int `json:"bodyBytes" doc:"Largest body of a request."`
	ProduceMessages int `json:"produceMessages" doc:"Most messages of one produce request, copies counted."`
	PreviewBytes    int `json:"previewBytes" doc:"What a list shows of a key, value or header."`
	PageSize        int `json:"pageSize" doc:"Most items of one page."`
	Streams         int `json:"streams" doc:"Most push channels and tails of one user at a time."`
	FilterBytes     int `json:"filterBytes" doc:"Longest filter expression."`
}

// Credentials are what a person types to log in.
type Credentials struct {
	User     string `json:"user"`
	Password string `json:"password"`
}

// Session says who is logged in.
type Session struct {
	User     string `json:"user"`
	ReadOnly bool   `json:"readOnly"`
}

// Health is the answer to /actuator/health.
type Health struct {
	Status string `json:"status" doc:"UP or DOWN."`
}

package config

// brolgaKeys: brolga's own keys, which no other Kafka knows. Sorted by name.
var brolgaKeys = []Def{
	{Name: "console.allowed.hosts", Type: List, Default: "", Importance: Low, Own: true,
		Doc: "Names by which browsers may ask the web console, beside localhost, addresses and the listener's own."},
	{Name: "console.listener", Type: String, Default: "http://localhost:8080", Rule: Rule{Kind: NonEmpty}, Importance: Medium, Own: true,
		Doc: "Address of the web console as http://host:port; none turns it off."},
	{Name: "console.read.only", Type: Boolean, Default: "false", Importance: Medium, Own: true,
		Doc: "Whether the web console only shows and never changes anything."},
	{Name: "console.users.file", Type: String, Null: true, Importance: Medium, Own: true,
		Doc: "File with the console's users, one name and password hash a line; unset lets everyone in."},
	{Name: "log.durability", Type: String, Default: "os", Rule: Rule{Kind: OneOf, Values: []string{"os", "fsync"}}, Importance: High, Update: ClusterWide, Own: true,
		Doc: "When a record counts as written: os once the system has it, fsync once the disk has it. It holds for the whole cluster."},
	{Name: "log.format", Type: String, Default: "text", Rule: Rule{Kind: OneOf, Values: []string{"text", "json"}}, Importance: Low, Own: true,
		Doc: "Form of the server's log lines: text as Kafka writes them, or json."},
	{Name: "metrics.listener", Type: String, Default: "http://localhost:9404", Rule: Rule{Kind: NonEmpty}, Importance: Medium, Own: true,
		Doc: "Address of /metrics, /healthz and /readyz as http://host:port; none turns it off."},
}

package config

// metricsKeys: Kafka's metrics plumbing. Sorted by name.
var metricsKeys = []Def{
	{Name: "kafka.metrics.polling.interval.secs", Type: Int, Default: "10", Rule: Rule{Kind: AtLeast, Min: 1}, Importance: Low,
		Doc: "Seconds between two polls of kafka.metrics.reporters."},
	{Name: "kafka.metrics.reporters", Type: List, Default: "", Importance: Low,
		Doc: "Java classes that report the older metrics; Java classes cannot be loaded here."},
	{Name: "metric.reporters", Type: List, Default: "org.apache.kafka.common.metrics.JmxReporter", Importance: Low, Update: ClusterWide,
		Doc: "Java classes that report metrics; JmxReporter is accepted, Prometheus is built in."},
	{Name: "metrics.num.samples", Type: Int, Default: "2", Rule: Rule{Kind: AtLeast, Min: 1}, Importance: Low,
		Doc: "Samples kept to compute a rate."},
	{Name: "metrics.recording.level", Type: String, Default: "INFO", Importance: Low,
		Doc: "Most detailed level of metrics recorded: INFO, DEBUG or TRACE."},
	{Name: "metrics.sample.window.ms", Type: Long, Default: "30000", Rule: Rule{Kind: AtLeast, Min: 1}, Importance: Low,
		Doc: "Milliseconds of one sample."},
}

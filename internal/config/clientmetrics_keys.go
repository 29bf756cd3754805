package config

// clientMetricsKeys: the keys of a client-metrics subscription (KIP-714). Sorted by name.
var clientMetricsKeys = []Def{
	{Name: "interval.ms", Type: Int, Default: "300000", Importance: Medium,
		Doc: "Milliseconds between two pushes of a client's metrics; 100 to 3600000."},
	{Name: "match", Type: List, Default: "", Importance: Medium,
		Doc: "Which clients the subscription is for, as selector=pattern; empty for all."},
	{Name: "metrics", Type: List, Default: "", Importance: Medium,
		Doc: "Prefixes of the metrics to push; * for all, empty for none."},
}

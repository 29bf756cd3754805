package config

// Source tells where a value comes from; the numbers are those of
// DescribeConfigs.
type Source int8

// The sources of KIP-226 and its successors, by precedence for a topic.
const (
	SourceUnknown              Source = 0
	SourceTopic                Source = 1 // set on the topic
	SourceDynamicBroker        Source = 2 // dynamic, for this broker
	SourceDynamicDefaultBroker Source = 3 // dynamic, for all brokers
	SourceStaticBroker         Source = 4 // server.properties or --override
	SourceDefault              Source = 5 // built in
	SourceBrokerLogger         Source = 6
	SourceClientMetrics        Source = 7
	SourceGroup                Source = 8
)

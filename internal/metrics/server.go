package metrics

// Server has the metrics of listeners and connections.
type Server struct {
	AuthenticationFailures Counter
	ConnectionsAccepted    Counter
	ConnectionsRefused     Counter // by a limit
	Connections            Source[map[string]int]
	BrokerState            Source[int] // Kafka's BrokerState
}

// Values of BrokerState.
const (
	BrokerRecovery = 2 // started, not yet serving
	BrokerRunning  = 3
)

func (s *Server) collect(out *emitter) {
	const prefix = "kafka_server_socket_server_metrics_"
	out.plainCounter(prefix+"failed_authentication_total", "Connections that failed to authenticate.", &s.AuthenticationFailures)
	out.plainCounter(prefix+"connection_creation_total", "Connections accepted.", &s.ConnectionsAccepted)
	out.plainCounter("brolga_server_connections_refused_total", "Connections refused by a limit.", &s.ConnectionsRefused)
	if state, ok := s.BrokerState.read(); ok {
		out.gauge("kafka_server_kafkaserver_brokerstate", "3 while the broker serves, 2 before.", state)
	}
	perListener, ok := s.Connections.read()
	if !ok {
		return
	}
	d := out.desc(prefix+"connection_count", "Open connections.", "listener")
	for listener, n := range perListener {
		out.value(d, float64(n), listener)
	}
}

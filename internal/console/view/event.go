package view

// Event is something that the console noticed.
type Event struct {
	ID        Int64     `json:"id" doc:"Counts up."`
	At        Millis    `json:"at"`
	Kind      EventKind `json:"kind"`
	Status    Level     `json:"status"`
	Sentence  string    `json:"sentence"`
	Topic     string    `json:"topic,omitempty"`
	Partition *int32    `json:"partition,omitempty"`
	Group     string    `json:"group,omitempty"`
	Broker    *int32    `json:"broker,omitempty"`
	User      string    `json:"user,omitempty" doc:"Who changed it through this page."`
}

// EventKind is what an event is about.
type EventKind string

// Kinds of events.
const (
	EventBroker     EventKind = "broker"
	EventController EventKind = "controller"
	EventLeader     EventKind = "leader"
	EventISR        EventKind = "isr"
	EventTopic      EventKind = "topic"
	EventGroup      EventKind = "group"
	EventChange     EventKind = "change"
)

// Values lists them.
func (EventKind) Values() []string {
	return []string{"broker", "controller", "leader", "isr", "topic", "group", "change"}
}

// EventQuery picks events.
type EventQuery struct {
	Kind   EventKind `json:"kind,omitempty"`
	Topic  string    `json:"topic,omitempty"`
	Group  string    `json:"group,omitempty"`
	Before Int64     `json:"before,omitempty" doc:"Only events with a smaller id."`
	Limit  int       `json:"limit,omitempty" doc:"100 unless told."`
}

// EventPage is a page of events, newest first.
type EventPage struct {
	Events []Event `json:"events"`
	More   bool    `json:"more"`
}

package view

// Lab is the brokers of a lab, which can be stopped and started.
type Lab struct {
	Brokers []LabBroker `json:"brokers"`
}

// LabBroker is one broker of a lab.
type LabBroker struct {
	ID      int32    `json:"id"`
	State   LabState `json:"state"`
	Address string   `json:"address" doc:"host:port for clients."`
	PID     int      `json:"pid"`
	Since   Millis   `json:"since"`
}

// LabState is what a broker of a lab is doing.
type LabState string

// States.
const (
	LabRunning  LabState = "running"
	LabPaused   LabState = "paused"
	LabStopped  LabState = "stopped"
	LabStarting LabState = "starting"
	LabStopping LabState = "stopping"
)

// Values lists them.
func (LabState) Values() []string {
	return []string{"running", "paused", "stopped", "starting", "stopping"}
}

// LabAction is what is done to a broker of a lab.
type LabAction struct {
	Action LabVerb `json:"action"`
}

// LabVerb is an action.
type LabVerb string

// Actions.
const (
	LabStart  LabVerb = "start"
	LabStop   LabVerb = "stop"
	LabKill   LabVerb = "kill"
	LabPause  LabVerb = "pause"
	LabResume LabVerb = "resume"
)

// Values lists them.
func (LabVerb) Values() []string { return []string{"start", "stop", "kill", "pause", "resume"} }

package console

import (
	"context"
	"log/slog"
	"net"
	"time"

	"github.com/brolga-io/brolga/internal/console/view"
)

// Options are what a console needs to know.
type Options struct {
	Log *slog.Logger
	// Now is the clock.
	Now func() time.Time
	// Version is the console's own.
	Version string
	// Clusters are those that do not come from the page.
	Clusters []ClusterOptions
	// StateFile keeps the clusters that are added in the page; "" keeps them in
	// memory.
	StateFile string
	// BasePath is the path below which the console lies, "" or "/name".
	BasePath string
	// Hosts are names by which the console may be asked, beside addresses,
	// localhost and names without a dot.
	Hosts []string
	// UsersFile has one name:bcrypt-hash[:read-only] a line; "" lets everyone in.
	UsersFile string
	// ReadOnly forbids every change to everyone.
	ReadOnly bool
	// UIDir serves the pages from a directory instead of from the binary.
	UIDir string
	// Lab controls the brokers of a lab; nil: this is none.
	Lab LabControl
	// Unhealthy and Unready say why the process should be replaced or left
	// alone, "" if it should not; nil: it never should.
	Unhealthy, Unready func() string
}

// ClusterOptions name one cluster.
type ClusterOptions struct {
	Name      string
	Source    view.ClusterSource
	Bootstrap []string // host:port
	ReadOnly  bool
	// Version is the release, where it is known.
	Version string
	// Properties are a Java client's: security.protocol and so on.
	Properties map[string]string
	// Listeners are what the broker of this process tells clients, one for each
	// of its listeners, with the listener's name as the note.
	Listeners []view.Advertised
	// Dial reaches a broker; nil: by its address.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// LabControl starts and stops the brokers of a lab.
type LabControl interface {
	// Brokers lists the brokers of the lab.
	Brokers() []view.LabBroker
	// Control does something to a broker and returns when it is done, or why it
	// cannot be done, in words for the person at the page.
	Control(ctx context.Context, broker int32, verb view.LabVerb) error
	// Command is the command line that does the same.
	Command(broker int32, verb view.LabVerb) string
}

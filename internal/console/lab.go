package console

import (
	"fmt"
	"slices"

	"github.com/brolga-io/brolga/internal/console/view"
)

func (c *call) labStatus() (view.Lab, error) {
	if c.s.o.Lab == nil {
		return view.Lab{}, notFound("This is no lab.")
	}
	return view.Lab{Brokers: c.s.o.Lab.Brokers()}, nil
}

// labControl does something to a broker of the lab.
func (c *call) labControl(in view.LabAction) (view.Done, error) {
	id, err := c.brokerID()
	if err != nil {
		return view.Done{}, err
	}
	if !slices.Contains(in.Action.Values(), string(in.Action)) {
		return view.Done{}, invalid("action", "It is none of start, stop, kill, pause, resume.")
	}
	if !slices.ContainsFunc(c.s.o.Lab.Brokers(), func(b view.LabBroker) bool { return b.ID == id }) {
		return view.Done{}, notFound(fmt.Sprintf("There is no broker %d in the lab.", id))
	}
	done := view.Done{DryRun: c.dryRun, Command: c.s.o.Lab.Command(id, in.Action), Message: fmt.Sprintf("%s: broker %d.", in.Action, id)}
	if c.dryRun {
		return done, nil
	}
	if err := c.s.o.Lab.Control(c, id, in.Action); err != nil {
		return view.Done{}, &failure{status: 409, code: codeNotAvailable, message: clip(err.Error(), 300)}
	}
	for _, k := range c.s.clusters.list() {
		if k.Source == view.SourceBuiltIn {
			c.changed(k, view.Event{Broker: &id, Sentence: fmt.Sprintf("Lab: %s broker %d.", in.Action, id)})
			k.meta.kick()
		}
	}
	return done, nil
}

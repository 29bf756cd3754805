package console

import "github.com/brolga-io/brolga/internal/console/view"

func (c *call) overview() (a view.Overview, err error) { return a, errPending }

func (c *call) listEvents(view.EventQuery) (a view.EventPage, err error) { return a, errPending }

func (c *call) connect() (a view.Connect, err error) { return a, errPending }

func (c *call) tailMessages(view.TailQuery, *eventWriter) error { return errPending }

func (c *call) controlTail(view.TailControl) (a view.Done, err error) { return a, errPending }

func (c *call) listBrokers() (a view.BrokerList, err error) { return a, errPending }

func (c *call) broker() (a view.Broker, err error) { return a, errPending }

func (c *call) brokerPartitions(view.BrokerPartitionQuery) (a view.BrokerPartitions, err error) {
	return a, errPending
}

func (c *call) brokerConfigs() (a view.ConfigList, err error) { return a, errPending }

func (c *call) changeBrokerConfigs(view.ConfigChange) (a view.Done, err error) { return a, errPending }

func (c *call) quorum() (a view.Quorum, err error) { return a, errPending }

func (c *call) reassignments() (a view.Reassignments, err error) { return a, errPending }

func (c *call) planReassignment(view.PlanQuery) (a view.Plan, err error) { return a, errPending }

func (c *call) reassign(view.Reassign) (a view.Reassigned, err error) { return a, errPending }

func (c *call) partitioner(view.PartitionerQuery) (a view.Partitioner, err error) {
	return a, errPending
}

func (c *call) learnFacts(view.LearnQuery) (a view.LearnFacts, err error) { return a, errPending }

func (c *call) labStatus() (a view.Lab, err error) { return a, errPending }

func (c *call) labControl(view.LabAction) (a view.Done, err error) { return a, errPending }

func (c *call) openStream(struct{}, *eventWriter) error { return errPending }

func (c *call) subscribe(view.Subscribe) (a view.Subscribed, err error) { return a, errPending }

var errPending = &failure{status: 501, code: codeNotAvailable, message: "This is not there yet."}

package metadata

import (
	"fmt"

	"github.com/brolga-io/brolga/internal/wire"
)

func (e *Editor) registerBroker(r *wire.RegisterBrokerRecord) {
	b := &Broker{
		ID: r.BrokerId, Epoch: r.BrokerEpoch, IncarnationID: r.IncarnationId,
		Rack: cloneString(r.Rack), Fenced: r.Fenced, InControlledShutdown: r.InControlledShutdown,
		LogDirs: cloneList(r.LogDirs), CordonedLogDirs: cloneCordoned(r.CordonedLogDirs),
	}
	for _, p := range r.EndPoints {
		b.Endpoints = append(b.Endpoints, Endpoint{Name: p.Name, Host: p.Host, Port: p.Port, Protocol: p.SecurityProtocol})
	}
	for _, f := range r.Features {
		b.Features = append(b.Features, FeatureRange{Name: f.Name, Min: f.MinSupportedVersion, Max: f.MaxSupportedVersion})
	}
	touch(&e.touched.brokers, b.ID)
	e.next.brokers = withID(e.next.brokers, brokerID, b)
}

// cloneCordoned keeps nil and empty apart: the broker has not told, or has none.
func cloneCordoned(dirs []wire.UUID) []wire.UUID {
	if dirs == nil {
		return nil
	}
	return append([]wire.UUID{}, dirs...)
}

// registered returns where the broker is, if it has that epoch: a record about an
// earlier process must not change the later one.
func (e *Editor) registered(id int32, epoch int64) (int, error) {
	i, ok := findID(e.next.brokers, brokerID, id)
	if !ok {
		return 0, fmt.Errorf("%w: broker %d is not registered", ErrMismatch, id)
	}
	if got := e.next.brokers[i].Epoch; got != epoch {
		return 0, fmt.Errorf("%w: epoch %d of broker %d, which has %d", ErrMismatch, epoch, id, got)
	}
	return i, nil
}

func (e *Editor) unregisterBroker(r *wire.UnregisterBrokerRecord) error {
	i, err := e.registered(r.BrokerId, r.BrokerEpoch)
	if err != nil {
		return err
	}
	touch(&e.touched.brokers, r.BrokerId)
	e.next.brokers = withoutID(e.next.brokers, i)
	return nil
}

// Values of BrokerRegistrationChangeRecord: Fenced may be any of the three,
// InControlledShutdown the last two.
const (
	unfenced  int8 = -1
	unchanged int8 = 0
	set       int8 = 1
)

func (e *Editor) changeRegistration(r *wire.BrokerRegistrationChangeRecord) error {
	if r.Fenced < unfenced || r.Fenced > set {
		return fmt.Errorf("%w: fenced is %d", ErrMismatch, r.Fenced)
	}
	if r.InControlledShutdown < unchanged || r.InControlledShutdown > set {
		return fmt.Errorf("%w: in controlled shutdown is %d", ErrMismatch, r.InControlledShutdown)
	}
	return e.changeBroker(r.BrokerId, r.BrokerEpoch, func(b *Broker) {
		if r.Fenced != unchanged {
			b.Fenced = r.Fenced == set
		}
		if r.InControlledShutdown == set {
			b.InControlledShutdown = true
		}
		if len(r.LogDirs) > 0 {
			b.LogDirs = cloneList(r.LogDirs)
		}
		if r.CordonedLogDirs != nil {
			b.CordonedLogDirs = cloneCordoned(r.CordonedLogDirs)
		}
	})
}

func (e *Editor) changeBroker(id int32, epoch int64, change func(*Broker)) error {
	i, err := e.registered(id, epoch)
	if err != nil {
		return err
	}
	b := *e.next.brokers[i]
	change(&b)
	touch(&e.touched.brokers, id)
	e.next.brokers = withID(e.next.brokers, brokerID, &b)
	return nil
}

func (e *Editor) registerController(r *wire.RegisterControllerRecord) {
	c := &Controller{ID: r.ControllerId, IncarnationID: r.IncarnationId}
	for _, p := range r.EndPoints {
		c.Endpoints = append(c.Endpoints, Endpoint{Name: p.Name, Host: p.Host, Port: p.Port, Protocol: p.SecurityProtocol})
	}
	for _, f := range r.Features {
		c.Features = append(c.Features, FeatureRange{Name: f.Name, Min: f.MinSupportedVersion, Max: f.MaxSupportedVersion})
	}
	touch(&e.touched.controllers, c.ID)
	e.next.controllers = withID(e.next.controllers, controllerID, c)
}

func (e *Editor) unregisterController(r *wire.UnregisterControllerRecord) error {
	i, ok := findID(e.next.controllers, controllerID, r.ControllerId)
	if !ok {
		return fmt.Errorf("%w: controller %d is not registered", ErrMismatch, r.ControllerId)
	}
	touch(&e.touched.controllers, r.ControllerId)
	e.next.controllers = withoutID(e.next.controllers, i)
	return nil
}

package controller

import (
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// ControllerRegistration notes where a controller can be reached and what it
// supports (KIP-919).
func (c *Controller) ControllerRegistration(_ Caller, req *wire.ControllerRegistrationRequest) (*wire.ControllerRegistrationResponse, error) {
	return decide(c, func(d *decision) (*wire.ControllerRegistrationResponse, error) {
		resp := &wire.ControllerRegistrationResponse{}
		if !metadata.ControllersRegister(d.image.Feature(metadata.MetadataVersion)) {
			f := refuse(wire.UnsupportedVersion, "The current MetadataVersion is too old to support controller registrations.")
			resp.ErrorCode, resp.ErrorMessage = f.parts()
			return resp, nil
		}
		r := &wire.RegisterControllerRecord{ControllerId: req.ControllerId, IncarnationId: req.IncarnationId}
		for _, l := range req.Listeners {
			r.EndPoints = append(r.EndPoints, wire.RegisterControllerRecordControllerEndpoint(l))
		}
		for _, f := range req.Features {
			r.Features = append(r.Features, wire.RegisterControllerRecordControllerFeature(f))
		}
		d.add(r)
		d.Log.Info("Registering a controller", "controller", req.ControllerId)
		return resp, nil
	})
}

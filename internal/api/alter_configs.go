package api

import "github.com/brolga-io/brolga/internal/wire"

// AlterConfigs (key 33), versions 0–2: replaces every override of a resource.
// Deprecated by IncrementalAlterConfigs and still used by old clients.
func (a *API) alterConfigs(c *Call, req *wire.AlterConfigsRequest) *wire.AlterConfigsResponse {
	resp, err := a.controller(c).AlterConfigs(c.caller(a), req)
	if err == nil {
		a.Settle()
		return resp
	}
	resp = &wire.AlterConfigsResponse{}
	resp.SetDefaults()
	code, message := controllerError(err)
	for i := range req.Resources {
		r := &req.Resources[i]
		resp.Responses = append(resp.Responses, wire.AlterConfigsResponseAlterConfigsResourceResponse{
			ErrorCode: code, ErrorMessage: message, ResourceType: r.ResourceType, ResourceName: r.ResourceName,
		})
	}
	return resp
}

// incrementalAlterConfigsVersion is the version in which the active controller is
// asked.
const incrementalAlterConfigsVersion = 1

// IncrementalAlterConfigs (key 44), versions 0–1: set, delete, append and
// subtract single keys (KIP-339). The levels of loggers (KIP-412) are changed in
// this process, everything else by the active controller.
func (a *API) incrementalAlterConfigs(c *Call, req *wire.IncrementalAlterConfigsRequest) *wire.IncrementalAlterConfigsResponse {
	if hasLoggers(req) {
		return a.alterWithLoggers(c, req)
	}
	resp := new(wire.IncrementalAlterConfigsResponse)
	err := a.ask(c, req, incrementalAlterConfigsVersion, resp, func() (err error) {
		resp, err = a.controller(c).IncrementalAlterConfigs(c.caller(a), req)
		return err
	})
	if err == nil {
		a.Settle()
		return resp
	}
	resp = &wire.IncrementalAlterConfigsResponse{}
	resp.SetDefaults()
	code, message := controllerError(err)
	for i := range req.Resources {
		r := &req.Resources[i]
		resp.Responses = append(resp.Responses, wire.IncrementalAlterConfigsResponseAlterConfigsResourceResponse{
			ErrorCode: code, ErrorMessage: message, ResourceType: r.ResourceType, ResourceName: r.ResourceName,
		})
	}
	return resp
}

package api

import "github.com/brolga-io/brolga/internal/wire"

// UpdateFeatures (key 57), versions 0–2 (KIP-584).
//
//	v1: kind of upgrade, validation only (KIP-778)
//	v2: all or nothing, so no results per feature any more (KIP-1022)
//
// The controller decides (controller/update_features.go).
func (a *API) updateFeatures(c *Call, req *wire.UpdateFeaturesRequest) *wire.UpdateFeaturesResponse {
	resp, err := a.controller(c).UpdateFeatures(c.caller(a), req)
	if err == nil {
		a.Settle()
		return resp
	}
	resp = &wire.UpdateFeaturesResponse{}
	resp.SetDefaults()
	resp.ErrorCode, resp.ErrorMessage = controllerError(err)
	return resp
}

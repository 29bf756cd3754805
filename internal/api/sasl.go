package api

import "github.com/brolga-io/brolga/internal/wire"

// On a listener without SASL every connection counts as authenticated from its
// beginning, so that a login comes too late: ILLEGAL_SASL_STATE. The connection
// stays open, as in Kafka.

// SaslHandshake (key 17), versions 0–1; v1: SaslAuthenticate follows (KIP-152).
func (a *API) saslHandshake(c *Call, _ *wire.SaslHandshakeRequest) *wire.SaslHandshakeResponse {
	resp := &wire.SaslHandshakeResponse{}
	resp.SetDefaults()
	resp.ErrorCode, resp.Mechanisms = wire.IllegalSaslState, []string{}
	return resp
}

// SaslAuthenticate (key 36), versions 0–2; v1: session lifetime (KIP-368).
func (a *API) saslAuthenticate(c *Call, _ *wire.SaslAuthenticateRequest) *wire.SaslAuthenticateResponse {
	resp := &wire.SaslAuthenticateResponse{}
	resp.SetDefaults()
	message := "SaslAuthenticate request received after successful authentication"
	resp.ErrorCode, resp.ErrorMessage = wire.IllegalSaslState, &message
	resp.AuthBytes = []byte{}
	return resp
}

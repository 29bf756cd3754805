package api

import "github.com/brolga-io/brolga/internal/wire"

// AlterUserScramCredentials (key 51), version 0 (KIP-554). The client sends salted
// passwords; the controller keeps only what is needed to check them
// (controller/scram.go).
func (a *API) alterUserScramCredentials(c *Call, req *wire.AlterUserScramCredentialsRequest) *wire.AlterUserScramCredentialsResponse {
	resp, err := a.controller(c).AlterUserScramCredentials(c.caller(a), req)
	if err == nil {
		a.Settle()
		return resp
	}
	resp = &wire.AlterUserScramCredentialsResponse{}
	resp.SetDefaults()
	code, message := controllerError(err)
	answered := make(map[string]bool, len(req.Deletions)+len(req.Upsertions))
	refuse := func(user string) {
		if !answered[user] {
			answered[user] = true
			resp.Results = append(resp.Results, wire.AlterUserScramCredentialsResponseAlterUserScramCredentialsResult{
				User: user, ErrorCode: code, ErrorMessage: message,
			})
		}
	}
	for i := range req.Deletions {
		refuse(req.Deletions[i].Name)
	}
	for i := range req.Upsertions {
		refuse(req.Upsertions[i].Name)
	}
	return resp
}

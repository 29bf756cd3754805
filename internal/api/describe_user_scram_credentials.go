package api

import "github.com/brolga-io/brolga/internal/wire"

// DescribeUserScramCredentials (key 50), version 0 (KIP-554).
//
// Tells mechanisms and iterations of users, never salts or keys. No users, or
// null, asks for everybody.
func (a *API) describeUserScramCredentials(c *Call, req *wire.DescribeUserScramCredentialsRequest) *wire.DescribeUserScramCredentialsResponse {
	resp := &wire.DescribeUserScramCredentialsResponse{}
	resp.SetDefaults()
	resp.ErrorMessage = noMessage()
	everybody, credentials := scramCredentials(c)
	asked := everybody
	count := make(map[string]int, len(req.Users))
	if len(req.Users) > 0 {
		asked = nil
		for _, u := range req.Users {
			if count[u.Name]++; count[u.Name] == 1 {
				asked = append(asked, u.Name)
			}
		}
	}
	for _, user := range asked {
		row := scramRow{User: user, CredentialInfos: credentials[user]}
		switch {
		case count[user] > 1:
			row = refuseScram(user, wire.DuplicateResource, "Cannot describe SCRAM credentials for the same user twice in a single request: ")
		case len(row.CredentialInfos) == 0:
			row = refuseScram(user, wire.ResourceNotFound, "Attempt to describe a user credential that does not exist: ")
		}
		resp.Results = append(resp.Results, row)
	}
	return resp
}

type scramRow = wire.DescribeUserScramCredentialsResponseDescribeUserScramCredentialsResult

func refuseScram(user string, code wire.ErrorCode, message string) scramRow {
	message += user
	return scramRow{User: user, ErrorCode: code, ErrorMessage: &message}
}

// scramCredentials returns all users, in order, and what they have.
func scramCredentials(c *Call) ([]string, map[string][]wire.DescribeUserScramCredentialsResponseCredentialInfo) {
	var users []string
	infos := make(map[string][]wire.DescribeUserScramCredentialsResponseCredentialInfo)
	for s := range c.Image.ScramCredentials() {
		if infos[s.User] == nil {
			users = append(users, s.User)
		}
		infos[s.User] = append(infos[s.User], wire.DescribeUserScramCredentialsResponseCredentialInfo{
			Mechanism: s.Mechanism, Iterations: s.Iterations,
		})
	}
	return users, infos
}

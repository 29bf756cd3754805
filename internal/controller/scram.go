package controller

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"hash"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// Bounds of the iterations of a SCRAM credential (RFC 7677; Kafka's ScramMechanism
// and ScramControlManager).
const (
	minScramIterations = 4096
	maxScramIterations = 16384
)

// scramHash returns the hash function of a mechanism by its number on the wire, nil
// for one that is not known.
func scramHash(mechanism int8) func() hash.Hash {
	switch mechanism {
	case 1:
		return sha256.New
	case 2:
		return sha512.New
	}
	return nil
}

// AlterUserScramCredentials stores and removes SCRAM credentials, at most one
// change per user and request, each by itself (KIP-554).
func (c *Controller) AlterUserScramCredentials(_ Caller, req *wire.AlterUserScramCredentialsRequest) (*wire.AlterUserScramCredentialsResponse, error) {
	return decide(c, func(d *decision) (*wire.AlterUserScramCredentialsResponse, error) {
		changes := make(scramChanges, len(req.Deletions)+len(req.Upsertions))
		for i := range req.Deletions {
			del := &req.Deletions[i]
			changes.add(del.Name, func() (wire.Record, *fault) { return d.removeScram(del) })
		}
		for i := range req.Upsertions {
			up := &req.Upsertions[i]
			changes.add(up.Name, func() (wire.Record, *fault) { return d.storeScram(up) })
		}
		resp := &wire.AlterUserScramCredentialsResponse{}
		for _, user := range scramUsers(req) {
			change := changes[user]
			if change.fault == nil {
				d.add(change.record)
			}
			code, text := change.fault.parts()
			resp.Results = append(resp.Results, wire.AlterUserScramCredentialsResponseAlterUserScramCredentialsResult{
				User: user, ErrorCode: code, ErrorMessage: text,
			})
		}
		if f := d.tooLarge(); f != nil {
			d.records = nil
			for i := range resp.Results {
				resp.Results[i].ErrorCode, resp.Results[i].ErrorMessage = f.code, f.text
			}
		}
		return resp, nil
	})
}

// scramChange is what becomes of a user: a record or a refusal.
type scramChange struct {
	record wire.Record
	fault  *fault
}

type scramChanges map[string]scramChange

// add notes a change of a user. The first refusal stays, and a second change
// refuses both.
func (s scramChanges) add(user string, prepare func() (wire.Record, *fault)) {
	earlier, twice := s[user]
	switch {
	case earlier.fault != nil:
	case twice:
		s[user] = scramChange{fault: refuse(wire.DuplicateResource, "A user credential cannot be altered twice in the same request")}
	default:
		record, f := prepare()
		s[user] = scramChange{record, f}
	}
}

// scramUsers are the users of a request in the order of their first mention.
func scramUsers(req *wire.AlterUserScramCredentialsRequest) []string {
	var users []string
	seen := make(map[string]bool, len(req.Deletions)+len(req.Upsertions))
	add := func(user string) {
		if !seen[user] {
			seen[user] = true
			users = append(users, user)
		}
	}
	for i := range req.Deletions {
		add(req.Deletions[i].Name)
	}
	for i := range req.Upsertions {
		add(req.Upsertions[i].Name)
	}
	return users
}

// checkScram refuses what no credential can be.
func (d *decision) checkScram(user string, mechanism int8) *fault {
	switch {
	case !metadata.ScramSupported(d.image.Feature(metadata.MetadataVersion)):
		return refuse(wire.UnsupportedVersion, "The current metadata.version does not support SCRAM")
	case user == "":
		return refuse(wire.UnacceptableCredential, "Username must not be empty")
	case scramHash(mechanism) == nil:
		return refuse(wire.UnsupportedSaslMechanism, "Unknown SCRAM mechanism")
	}
	return nil
}

func (d *decision) removeScram(del *wire.AlterUserScramCredentialsRequestScramCredentialDeletion) (wire.Record, *fault) {
	if f := d.checkScram(del.Name, del.Mechanism); f != nil {
		return nil, f
	}
	for c := range d.image.ScramCredentials() {
		if c.User == del.Name && c.Mechanism == del.Mechanism {
			return &wire.RemoveUserScramCredentialRecord{Name: del.Name, Mechanism: del.Mechanism}, nil
		}
	}
	return nil, refuse(wire.ResourceNotFound, "Attempt to delete a user credential that does not exist")
}

// storeScram derives what a server needs to check a client's proof from the salted
// password (RFC 5802, section 3), which is not kept.
func (d *decision) storeScram(up *wire.AlterUserScramCredentialsRequestScramCredentialUpsertion) (wire.Record, *fault) {
	f := d.checkScram(up.Name, up.Mechanism)
	switch {
	case f != nil:
		return nil, f
	case up.Iterations < minScramIterations:
		return nil, refuse(wire.UnacceptableCredential, "Too few iterations")
	case up.Iterations > maxScramIterations:
		return nil, refuse(wire.UnacceptableCredential, "Too many iterations")
	case len(up.SaltedPassword) == 0:
		return nil, refuse(wire.UnacceptableCredential, "The salted password must not be empty")
	}
	newHash := scramHash(up.Mechanism)
	keyed := func(text string) []byte {
		mac := hmac.New(newHash, up.SaltedPassword)
		mac.Write([]byte(text))
		return mac.Sum(nil)
	}
	stored := newHash()
	stored.Write(keyed("Client Key"))
	return &wire.UserScramCredentialRecord{
		Name: up.Name, Mechanism: up.Mechanism, Salt: up.Salt, Iterations: up.Iterations,
		StoredKey: stored.Sum(nil), ServerKey: keyed("Server Key"),
	}, nil
}

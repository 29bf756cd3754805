package metadata

import (
	"bytes"
	"fmt"

	"github.com/brolga-io/brolga/internal/wire"
)

func (e *Editor) setACL(r *wire.AccessControlEntryRecord) {
	touch(&e.touched.acls, r.Id)
	e.next.acls.set(e.owner, r.Id, &ACL{
		ID: r.Id, ResourceType: r.ResourceType, ResourceName: r.ResourceName, PatternType: r.PatternType,
		Principal: r.Principal, Host: r.Host, Operation: r.Operation, Permission: r.PermissionType,
	})
}

func (e *Editor) removeACL(r *wire.RemoveAccessControlEntryRecord) error {
	touch(&e.touched.acls, r.Id)
	if !e.next.acls.remove(e.owner, r.Id) {
		return fmt.Errorf("%w: no access control entry has the id %v", ErrMismatch, r.Id)
	}
	return nil
}

// setScram copies the bytes: those of a record belong to the buffer it came in.
func (e *Editor) setScram(r *wire.UserScramCredentialRecord) {
	key := ScramKey{r.Name, r.Mechanism}
	touch(&e.touched.scram, key)
	e.next.scram.set(e.owner, key, &ScramCredential{
		ScramKey: key, Iterations: r.Iterations,
		Salt: bytes.Clone(r.Salt), StoredKey: bytes.Clone(r.StoredKey), ServerKey: bytes.Clone(r.ServerKey),
	})
}

func (e *Editor) removeScram(r *wire.RemoveUserScramCredentialRecord) error {
	key := ScramKey{r.Name, r.Mechanism}
	touch(&e.touched.scram, key)
	if !e.next.scram.remove(e.owner, key) {
		return fmt.Errorf("%w: user %q has no credential for mechanism %d", ErrMismatch, r.Name, r.Mechanism)
	}
	return nil
}

func (e *Editor) setToken(r *wire.DelegationTokenRecord) {
	e.touched.tokens = true
	e.next.tokens.set(e.owner, r.TokenId, &DelegationToken{
		ID: r.TokenId, Owner: r.Owner, Requester: r.Requester, Renewers: cloneList(r.Renewers),
		IssueTimeMs: r.IssueTimestamp, MaxTimeMs: r.MaxTimestamp, ExpiryTimeMs: r.ExpirationTimestamp,
	})
}

func (e *Editor) removeToken(r *wire.RemoveDelegationTokenRecord) error {
	e.touched.tokens = true
	if !e.next.tokens.remove(e.owner, r.TokenId) {
		return fmt.Errorf("%w: there is no delegation token %q", ErrMismatch, r.TokenId)
	}
	return nil
}

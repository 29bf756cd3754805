package metadata

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/brolga-io/brolga/internal/wire"
)

// ACL is one access control entry. The numbers are those of the wire.
type ACL struct {
	ID                    wire.UUID
	ResourceType          int8
	ResourceName          string
	PatternType           int8
	Principal, Host       string
	Operation, Permission int8
}

// ScramKey names a SCRAM credential. Mechanism 1 is SCRAM-SHA-256, 2 is
// SCRAM-SHA-512 (KIP-554).
type ScramKey struct {
	User      string
	Mechanism int8
}

// ScramCredential is what a user's password is checked against.
type ScramCredential struct {
	ScramKey
	Salt, StoredKey, ServerKey []byte
	Iterations                 int32
}

// DelegationToken is a token that stands in for its owner (KIP-48). Times are in
// milliseconds since the epoch.
type DelegationToken struct {
	ID               string
	Owner, Requester string
	Renewers         []string
	IssueTimeMs      int64
	MaxTimeMs        int64
	ExpiryTimeMs     int64
}

// QuotaPart is one part of the entity that quotas are set for: a type such as
// "user" and a name; nil is the default for that type.
type QuotaPart struct {
	Type string
	Name *string
}

// ClientQuota holds the quotas of one entity; it always has some.
type ClientQuota struct {
	owner *owner
	// Entity is ordered by type.
	Entity []QuotaPart
	// Values maps a quota key such as producer_byte_rate to its value.
	Values map[string]float64
}

func compareUUIDs(a, b wire.UUID) int { return bytes.Compare(a[:], b[:]) }

func compareScramKeys(a, b ScramKey) int {
	return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(a.Mechanism, b.Mechanism))
}

// quotaKey returns the ordered parts of a quota's entity and a string that is
// different for different entities.
func quotaKey(entity []wire.ClientQuotaRecordEntityData) ([]QuotaPart, string) {
	parts := make([]QuotaPart, 0, len(entity))
	for _, e := range entity {
		parts = append(parts, QuotaPart{Type: e.EntityType, Name: cloneString(e.EntityName)})
	}
	slices.SortFunc(parts, func(a, b QuotaPart) int { return cmp.Compare(a.Type, b.Type) })
	var key []byte
	for _, p := range parts {
		key = binary.AppendUvarint(key, uint64(len(p.Type)))
		key = append(key, p.Type...)
		// The length of the name plus one: 0 is the default, which has none.
		if p.Name == nil {
			key = append(key, 0)
			continue
		}
		key = binary.AppendUvarint(key, uint64(len(*p.Name))+1)
		key = append(key, *p.Name...)
	}
	return parts, string(key)
}

func cloneString(s *string) *string {
	if s == nil {
		return nil
	}
	c := *s
	return &c
}

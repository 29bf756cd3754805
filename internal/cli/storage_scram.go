package cli

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"hash"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/brolga-io/brolga/internal/wire"
)

// scramMechanism is a hash of SCRAM and Kafka's number and name for it.
type scramMechanism struct {
	number int8
	name   string
	hash   func() hash.Hash
}

const (
	minScramIterations = 4096
	maxScramIterations = 16384
)

// parseScram reads "SCRAM-SHA-256=[name=…,password=…]" and derives the stored
// credential (RFC 5802).
func parseScram(text string) (*wire.UserScramCredentialRecord, error) {
	text = strings.TrimSpace(text)
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		return nil, formatError("Failed to find equals sign in SCRAM argument '" + text + "'")
	}
	var m scramMechanism
	switch name {
	case "SCRAM-SHA-256":
		m = scramMechanism{1, "SCRAM_SHA_256", sha256.New}
	case "SCRAM-SHA-512":
		m = scramMechanism{2, "SCRAM_SHA_512", sha512.New}
	default:
		return nil, formatError("The add-scram mechanism " + name + " is not supported.")
	}
	inner, ok := strings.CutPrefix(value, "[")
	if !ok {
		return nil, formatError("Expected configuration string to start with [")
	}
	if inner, ok = strings.CutSuffix(inner, "]"); !ok {
		return nil, formatError("Expected configuration string to end with ]")
	}
	parts, err := scramParts(inner)
	if err != nil {
		return nil, err
	}
	return m.credential(parts)
}

func scramParts(text string) (map[string]string, error) {
	parts := map[string]string{}
	for _, component := range strings.Split(text, ",") {
		key, value, ok := strings.Cut(component, "=")
		if !ok {
			return nil, formatError("No equals sign found in SCRAM component: " + component)
		}
		value = strings.TrimSpace(value)
		if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
			value = value[1 : len(value)-1]
		}
		parts[strings.TrimSpace(key)] = value
	}
	return parts, nil
}

func (m scramMechanism) credential(parts map[string]string) (*wire.UserScramCredentialRecord, error) {
	user, hasName := parts["name"]
	if !hasName {
		return nil, formatError("You must supply 'name' to add-scram")
	}
	salt, err := scramBytes(parts, "salt")
	if err != nil {
		return nil, err
	}
	iterations, err := m.iterations(parts)
	if err != nil {
		return nil, err
	}
	salted, err := scramBytes(parts, "saltedpassword")
	if err != nil {
		return nil, err
	}
	password, hasPassword := parts["password"]
	if !hasPassword && salted == nil {
		return nil, formatError("You must supply one of 'password' or 'saltedpassword' to add-scram")
	}
	if salted != nil && salt == nil {
		return nil, formatError("You must supply 'salt' with 'saltedpassword' to add-scram")
	}
	for _, known := range []string{"name", "salt", "iterations", "saltedpassword", "password"} {
		delete(parts, known)
	}
	if len(parts) > 0 {
		return nil, formatError("Unknown SCRAM configurations: " + strings.Join(slices.Sorted(maps.Keys(parts)), ", "))
	}
	if salt == nil {
		salt = make([]byte, 16)
		rand.Read(salt) // never fails: see crypto/rand
	}
	if salted == nil {
		if salted, err = m.saltedPassword(password, salt, iterations); err != nil {
			return nil, err
		}
	}
	return m.record(user, salt, salted, iterations), nil
}

func (m scramMechanism) saltedPassword(password string, salt []byte, iterations int) ([]byte, error) {
	if password == "" {
		return nil, illegalArgument("Empty key")
	}
	return pbkdf2.Key(m.hash, password, salt, iterations, m.hash().Size())
}

func scramBytes(parts map[string]string, key string) ([]byte, error) {
	text, ok := parts[key]
	if !ok {
		return nil, nil
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, formatError("Failed to decode given " + key + ": " + text)
	}
	return b, nil
}

func (m scramMechanism) iterations(parts map[string]string) (int, error) {
	text, ok := parts["iterations"]
	if !ok {
		return minScramIterations, nil
	}
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return 0, formatError("Failed to parse iterations count: " + text)
	case n < minScramIterations:
		return 0, formatError(fmt.Sprintf("The 'iterations' value must be >= %d for add-scram using %s", minScramIterations, m.name))
	case n > maxScramIterations:
		return 0, formatError(fmt.Sprintf("The 'iterations' value must be <= %d for add-scram using %s", maxScramIterations, m.name))
	}
	return n, nil
}

func (m scramMechanism) record(user string, salt, salted []byte, iterations int) *wire.UserScramCredentialRecord {
	clientKey := m.mac(salted, "Client Key")
	stored := m.hash()
	stored.Write(clientKey)
	return &wire.UserScramCredentialRecord{Name: user, Mechanism: m.number, Salt: salt,
		StoredKey: stored.Sum(nil), ServerKey: m.mac(salted, "Server Key"), Iterations: int32(iterations)}
}

func (m scramMechanism) mac(key []byte, text string) []byte {
	h := hmac.New(m.hash, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

package cli

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// SCRAM credentials are made here: only the salted password leaves the machine
// (KIP-554).
const scramSaltBytes = 24

var scramValue = regexp.MustCompile(`^(?:iterations=(-?[0-9]*),)?password=(.*)$`)

func (t *configsTool) alterSCRAM(user string, set, remove []string, values map[string]string) error {
	req := kmsg.NewPtrAlterUserSCRAMCredentialsRequest()
	for _, mechanism := range remove {
		d := kmsg.NewAlterUserSCRAMCredentialsRequestDeletion()
		d.Name, d.Mechanism = user, scramNumber(mechanism)
		req.Deletions = append(req.Deletions, d)
	}
	for _, mechanism := range set {
		u, err := scramUpsertion(user, mechanism, values[mechanism])
		if err != nil {
			return err
		}
		req.Upsertions = append(req.Upsertions, u)
	}
	resp, err := call[*kmsg.AlterUserSCRAMCredentialsResponse](t.admin, "alterUserScramCredentials", req)
	if err != nil {
		return executionFailed(err)
	}
	for _, r := range resp.Results {
		if err := brokerError(r.ErrorCode, r.ErrorMessage); err != nil {
			return executionFailed(err)
		}
	}
	return nil
}

func scramNumber(name string) int8 { return int8(1 + slices.Index(scramNames(), name)) }

// scramUpsertion reads "iterations=8192,password=secret" and salts the password.
func scramUpsertion(user, mechanism, value string) (u kmsg.AlterUserSCRAMCredentialsRequestUpsertion, err error) {
	m := scramValue.FindStringSubmatch(value)
	if m == nil {
		return u, illegalArgument("Invalid credential property " + strings.ReplaceAll(mechanism, "-", "_") + "=" + value)
	}
	iterations := minScramIterations
	if m[1] != "" && m[1] != "-1" {
		if iterations, err = strconv.Atoi(m[1]); err != nil {
			return u, numberFormat(m[1])
		}
	}
	if iterations < minScramIterations {
		return u, illegalArgument(fmt.Sprintf("Iterations %d is less than the minimum %d required for %s", iterations, minScramIterations, mechanism))
	}
	u = kmsg.NewAlterUserSCRAMCredentialsRequestUpsertion()
	u.Name, u.Mechanism, u.Iterations = user, scramNumber(mechanism), int32(iterations)
	u.Salt = make([]byte, scramSaltBytes)
	_, _ = rand.Read(u.Salt) // it never fails: the program ends where there is no randomness
	if mechanism == "SCRAM-SHA-256" {
		u.SaltedPassword, err = pbkdf2.Key(sha256.New, m[2], u.Salt, iterations, sha256.Size)
	} else {
		u.SaltedPassword, err = pbkdf2.Key(sha512.New, m[2], u.Salt, iterations, sha512.Size)
	}
	return u, err
}

func (t *configsTool) describeUsersOrClients() error {
	if err := t.describeQuotas(); err != nil {
		return err
	}
	if slices.Contains(t.types, entityClients) || slices.Contains(t.names, "") {
		return nil
	}
	req := kmsg.NewPtrDescribeUserSCRAMCredentialsRequest()
	for _, name := range t.names {
		u := kmsg.NewDescribeUserSCRAMCredentialsRequestUser()
		u.Name = name
		req.Users = append(req.Users, u)
	}
	resp, err := call[*kmsg.DescribeUserSCRAMCredentialsResponse](t.admin, "describeUserScramCredentials", req)
	if err == nil {
		err = brokerError(resp.ErrorCode, resp.ErrorMessage)
	}
	if err != nil {
		return executionFailed(err)
	}
	for _, r := range resp.Results {
		t.printSCRAM(r)
	}
	return nil
}

// printSCRAM passes over users without credentials, as the original does.
func (t *configsTool) printSCRAM(r kmsg.DescribeUserSCRAMCredentialsResponseResult) {
	const resourceNotFound = 91
	if r.ErrorCode == resourceNotFound {
		return
	}
	if err := brokerError(r.ErrorCode, r.ErrorMessage); err != nil {
		class := exceptionClass(err)
		t.env.outln("Error retrieving SCRAM credential configs for user-principal '" + r.User + "': " +
			class[strings.LastIndexByte(class, '.')+1:] + ": " + err.Error())
		return
	}
	infos := make([]string, len(r.CredentialInfos))
	for i, c := range r.CredentialInfos {
		name := "UNKNOWN"
		if n := int(c.Mechanism) - 1; n >= 0 && n < len(scramNames()) {
			name = scramNames()[n]
		}
		infos[i] = fmt.Sprintf("%s=iterations=%d", name, c.Iterations)
	}
	t.env.outln("SCRAM credential configs for user-principal '" + r.User + "' are " + strings.Join(infos, ", "))
}

package controller

import (
	"encoding/base64"
	"testing"

	"github.com/brolga-io/brolga/internal/wire"
)

type (
	scramUpsertion = wire.AlterUserScramCredentialsRequestScramCredentialUpsertion
	scramDeletion  = wire.AlterUserScramCredentialsRequestScramCredentialDeletion
)

func (f *fixture) alterScram(deletions []scramDeletion, upsertions ...scramUpsertion) map[string]wire.ErrorCode {
	f.t.Helper()
	resp, err := f.c.AlterUserScramCredentials(Caller{}, &wire.AlterUserScramCredentialsRequest{Deletions: deletions, Upsertions: upsertions})
	if err != nil {
		f.t.Fatal(err)
	}
	codes := map[string]wire.ErrorCode{}
	for _, r := range resp.Results {
		if (r.ErrorMessage == nil) != (r.ErrorCode == wire.None) {
			f.t.Errorf("%+v", r)
		}
		codes[r.User] = r.ErrorCode
	}
	return codes
}

func upsertion(user string, mechanism int8, iterations int32) scramUpsertion {
	return scramUpsertion{Name: user, Mechanism: mechanism, Iterations: iterations, Salt: []byte("salt"), SaltedPassword: []byte("salted")}
}

// TestScramCredentialIsDerived takes the example of RFC 7677, whose client proof
// checks against the stored key.
func TestScramCredentialIsDerived(t *testing.T) {
	f := newFixture(t)
	f.start(1)
	salted, err := base64.StdEncoding.DecodeString("xKSVEDI6tPlSysH6mUQZOeeOp01r6B3fcJbodRPcYV0=")
	if err != nil {
		t.Fatal(err)
	}
	up := upsertion("user", 1, 4096)
	up.SaltedPassword = salted
	if got := f.alterScram(nil, up); got["user"] != wire.None {
		t.Fatal(got)
	}
	for c := range f.image().ScramCredentials() {
		stored, server := base64.StdEncoding.EncodeToString(c.StoredKey), base64.StdEncoding.EncodeToString(c.ServerKey)
		if stored != "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=" || server != "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=" {
			t.Errorf("stored key %s, server key %s", stored, server)
		}
	}
}

func TestScramCredentialsAreRefused(t *testing.T) {
	f := newFixture(t)
	f.start(1)
	f.alterScram(nil, upsertion("known", 1, 4096))
	empty := upsertion("empty", 1, 4096)
	empty.SaltedPassword = nil
	got := f.alterScram(
		[]scramDeletion{{Name: "unknown", Mechanism: 1}, {Name: "known", Mechanism: 2}, {Name: "both", Mechanism: 1}, {Name: "other", Mechanism: 3}},
		upsertion("", 1, 4096), upsertion("few", 1, 4095), upsertion("many", 2, 16385), upsertion("odd", 0, 4096), upsertion("odd9", 9, 4096),
		upsertion("twice", 1, 4096), upsertion("twice", 2, 4096), upsertion("both", 1, 4096), empty, upsertion("good", 2, 16384),
	)
	want := map[string]wire.ErrorCode{
		"unknown": wire.ResourceNotFound, "known": wire.ResourceNotFound, "other": wire.UnsupportedSaslMechanism,
		"": wire.UnacceptableCredential, "few": wire.UnacceptableCredential, "many": wire.UnacceptableCredential, "empty": wire.UnacceptableCredential,
		"odd": wire.UnsupportedSaslMechanism, "odd9": wire.UnsupportedSaslMechanism, "twice": wire.DuplicateResource,
		"both": wire.ResourceNotFound, "good": wire.None,
	}
	for user, code := range want {
		if got[user] != code {
			t.Errorf("%q: %v, want %v", user, got[user].Name(), code.Name())
		}
	}
	var users []string
	for c := range f.image().ScramCredentials() {
		users = append(users, c.User)
	}
	if len(users) != 2 || len(got) != len(want) {
		t.Errorf("%d answers; stored: %v", len(got), users)
	}
	if got := f.alterScram([]scramDeletion{{Name: "known", Mechanism: 1}}); got["known"] != wire.None {
		t.Error(got)
	}
	f.check()
}

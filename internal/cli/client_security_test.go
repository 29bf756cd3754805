package cli

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
)

func TestSecurityMistakes(t *testing.T) {
	for _, c := range []struct {
		props clientProps
		want  string
	}{
		{clientProps{}, ""},
		{clientProps{"security.protocol": "plaintext"}, ""},
		{clientProps{"security.protocol": "SSL"}, ""},
		{clientProps{"security.protocol": "TLS"}, "Invalid value TLS for configuration security.protocol"},
		{clientProps{"security.protocol": "SSL", "ssl.truststore.location": "/x.jks"}, "ssl.truststore.type=JKS is not supported: convert the store to PEM"},
		{clientProps{"security.protocol": "SSL", "ssl.truststore.location": "/no/such.pem", "ssl.truststore.type": "PEM"}, "Failed to load PEM SSL keystore /no/such.pem"},
		{clientProps{"security.protocol": "SSL", "ssl.truststore.certificates": "nothing"}, "No PEM certificate found in the trust store"},
		{clientProps{"security.protocol": "SSL", "ssl.keystore.certificate.chain": "nothing"}, "Invalid PEM key store: "},
		{clientProps{"security.protocol": "SASL_PLAINTEXT"}, "sasl.mechanism=GSSAPI is not supported"},
		{clientProps{"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN"}, "Could not find a user name in sasl.jaas.config for the mechanism PLAIN"},
		{clientProps{"security.protocol": "SASL_SSL", "sasl.mechanism": "OAUTHBEARER", "sasl.jaas.config": `x required username="a";`}, "sasl.mechanism=OAUTHBEARER is not supported"},
		{clientProps{"security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512", "sasl.jaas.config": `x required username="a" password='b c';`}, ""},
	} {
		_, err := securityOptions(c.props)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%v: %v", c.props, err)
		case c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)):
			t.Errorf("%v: %v, want %s", c.props, err, c.want)
		}
	}
}

// A tool with a properties file logs in to a broker that wants TLS and SCRAM.
func TestToolOverTLSWithScram(t *testing.T) {
	cert, certPEM := selfSigned(t)
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "mailbox"), kfake.EnableSASL(),
		kfake.Superuser("SCRAM-SHA-256", "alice", "pass\"word"), kfake.TLS(&tls.Config{Certificates: []tls.Certificate{cert}}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	dir := t.TempDir()
	pemPath := filepath.Join(dir, "ca.pem")
	conf := filepath.Join(dir, "client.properties")
	text := "security.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-256\n" +
		"sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username=\"alice\" password=\"pass\\\\\"word\";\n" +
		"ssl.truststore.type=PEM\nssl.truststore.location=" + pemPath + "\n"
	for path, content := range map[string]string{pemPath: string(certPEM), conf: text} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env, stdout, stderr := testEnv("")
	code := runTopics(env, []string{"--list", "--bootstrap-server", c.ListenAddrs()[0], "--command-config", conf})
	if code != 0 || stdout.String() != "mailbox\n" {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
}

func selfSigned(t *testing.T) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "broker"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

package console

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

// Properties of a Java client that the console understands. Certificates come as
// text (PEM), never as the path of a file: who may name a cluster may not read
// the machine's files.
const (
	propProtocol   = "security.protocol"
	propMechanism  = "sasl.mechanism"
	propJAAS       = "sasl.jaas.config"
	propTrust      = "ssl.truststore.certificates"
	propCertChain  = "ssl.keystore.certificate.chain"
	propKey        = "ssl.keystore.key"
	propVerifyHost = "ssl.endpoint.identification.algorithm"
)

// securityOptions turns a Java client's properties into ours. secure is nil where
// the connection is plain.
func securityOptions(props map[string]string) (opts []kgo.Opt, secure *tls.Config, err error) {
	known := []string{propProtocol, propMechanism, propJAAS, propTrust, propCertChain, propKey, propVerifyHost}
	for _, name := range sortedKeys(props) {
		if !slices.Contains(known, name) {
			return nil, nil, invalid("properties."+name, "This property is not known here. Known are "+strings.Join(known, ", ")+".")
		}
	}
	protocol := strings.ToUpper(props[propProtocol])
	switch protocol {
	case "", "PLAINTEXT", "SASL_PLAINTEXT":
	case "SSL", "SASL_SSL":
		if secure, err = tlsConfig(props); err != nil {
			return nil, nil, err
		}
	default:
		return nil, nil, invalid("properties."+propProtocol, "security.protocol is PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.")
	}
	if strings.HasPrefix(protocol, "SASL_") {
		mechanism, err := saslOption(props)
		if err != nil {
			return nil, nil, err
		}
		opts = append(opts, mechanism)
	}
	return opts, secure, nil
}

func tlsConfig(props map[string]string) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if pem := props[propTrust]; pem != "" {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM([]byte(pem)) {
			return nil, invalid("properties."+propTrust, "There is no PEM certificate in it.")
		}
	}
	if chain := props[propCertChain]; chain != "" {
		pair, err := tls.X509KeyPair([]byte(chain), []byte(props[propKey]))
		if err != nil {
			return nil, invalid("properties."+propCertChain, "Certificate and key do not go together: "+clip(err.Error(), 200))
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if algorithm, set := props[propVerifyHost]; set && algorithm == "" {
		config.InsecureSkipVerify = true //nolint:gosec // the chain is verified below, as Java does with an empty algorithm
		config.VerifyConnection = func(state tls.ConnectionState) error { return verifyChain(state, config.RootCAs) }
	}
	return config, nil
}

// verifyChain checks a certificate without the name of the host.
func verifyChain(state tls.ConnectionState, roots *x509.CertPool) error {
	if len(state.PeerCertificates) == 0 {
		return errors.New("the broker has no certificate")
	}
	between := x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between})
	return err
}

var jaasOption = regexp.MustCompile(`(\w+)\s*=\s*"((?:[^"\\]|\\.)*)"`)

func saslOption(props map[string]string) (kgo.Opt, error) {
	login := map[string]string{}
	for _, m := range jaasOption.FindAllStringSubmatch(props[propJAAS], -1) {
		login[m[1]] = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(m[2])
	}
	user, password := login["username"], login["password"]
	if user == "" {
		return nil, invalid("properties."+propJAAS, `It names no user: … required username="…" password="…";`)
	}
	switch mechanism := strings.ToUpper(props[propMechanism]); mechanism {
	case "PLAIN":
		return kgo.SASL(plain.Auth{User: user, Pass: password}.AsMechanism()), nil
	case "SCRAM-SHA-256":
		return kgo.SASL(scram.Auth{User: user, Pass: password}.AsSha256Mechanism()), nil
	case "SCRAM-SHA-512":
		return kgo.SASL(scram.Auth{User: user, Pass: password}.AsSha512Mechanism()), nil
	default:
		return nil, invalid("properties."+propMechanism, fmt.Sprintf("%q is none of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512.", clip(mechanism, 50)))
	}
}

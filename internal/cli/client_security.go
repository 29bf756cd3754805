package cli

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

// securityOptions turns security.protocol, what belongs to it, and the sizes of
// socket buffers into options.
func securityOptions(props clientProps) ([]kgo.Opt, error) {
	protocol := strings.ToUpper(props["security.protocol"])
	switch protocol {
	case "", "PLAINTEXT":
		return dialOptions(props, nil)
	case "SSL", "SASL_SSL", "SASL_PLAINTEXT":
	default:
		return nil, configError("Invalid value " + props["security.protocol"] +
			" for configuration security.protocol: String must be one of (case insensitive): PLAINTEXT, SASL_PLAINTEXT, SSL, SASL_SSL")
	}
	var conf *tls.Config
	if strings.HasSuffix(protocol, "SSL") {
		var err error
		if conf, err = tlsConfig(props); err != nil {
			return nil, err
		}
	}
	opts, err := dialOptions(props, conf)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(protocol, "SASL_") {
		mechanism, err := saslMechanism(props)
		if err != nil {
			return nil, err
		}
		opts = append(opts, kgo.SASL(mechanism))
	}
	return opts, nil
}

// tlsConfig understands PEM stores, given in place or as files.
func tlsConfig(props clientProps) (*tls.Config, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if algorithm, set := props["ssl.endpoint.identification.algorithm"]; set && algorithm == "" {
		verifyChainOnly(conf)
	}
	trusted, err := pemOf(props, "ssl.truststore", "ssl.truststore.certificates")
	if err != nil {
		return nil, err
	}
	if trusted != nil {
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(trusted) {
			return nil, configError("No PEM certificate found in the trust store")
		}
	}
	chain, err := pemOf(props, "ssl.keystore", "ssl.keystore.certificate.chain")
	if err != nil || chain == nil {
		return conf, err
	}
	key := chain
	if inline := props["ssl.keystore.key"]; inline != "" {
		key = []byte(inline)
	}
	cert, err := tls.X509KeyPair(chain, key)
	if err != nil {
		return nil, configError("Invalid PEM key store: " + err.Error())
	}
	conf.Certificates = []tls.Certificate{cert}
	return conf, nil
}

// verifyChainOnly checks the certificate's chain but not its host name, which
// is what an empty ssl.endpoint.identification.algorithm asks for.
func verifyChainOnly(conf *tls.Config) {
	conf.InsecureSkipVerify = true
	conf.VerifyConnection = func(cs tls.ConnectionState) error {
		opts := x509.VerifyOptions{Roots: conf.RootCAs, Intermediates: x509.NewCertPool()}
		for _, cert := range cs.PeerCertificates[1:] {
			opts.Intermediates.AddCert(cert)
		}
		_, err := cs.PeerCertificates[0].Verify(opts)
		return err
	}
}

func pemOf(props clientProps, store, inlineKey string) ([]byte, error) {
	if inline := props[inlineKey]; inline != "" {
		return []byte(inline), nil
	}
	path := props[store+".location"]
	if path == "" {
		return nil, nil
	}
	if kind := strings.ToUpper(props[store+".type"]); kind != "PEM" {
		if kind == "" {
			kind = "JKS"
		}
		return nil, configError(fmt.Sprintf("%s.type=%s is not supported: convert the store to PEM and set %s.type=PEM", store, kind, store))
	}
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, configError("Failed to load PEM SSL keystore " + path + ": " + err.Error())
	}
	return pem, nil
}

// jaasOption matches key="value" or key='value' or key=value in a JAAS line.
var jaasOption = regexp.MustCompile(`(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s;]+))`)

func saslMechanism(props clientProps) (sasl.Mechanism, error) {
	login := map[string]string{}
	for _, m := range jaasOption.FindAllStringSubmatch(props["sasl.jaas.config"], -1) {
		login[m[1]] = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(m[2]) + m[3] + m[4]
	}
	mechanism := props["sasl.mechanism"]
	if mechanism == "" {
		mechanism = "GSSAPI"
	}
	if mechanism != "GSSAPI" && login["username"] == "" {
		return nil, configError("Could not find a user name in sasl.jaas.config for the mechanism " + mechanism)
	}
	switch mechanism {
	case "PLAIN":
		return plain.Auth{User: login["username"], Pass: login["password"]}.AsMechanism(), nil
	case "SCRAM-SHA-256":
		return scramAuth(login).AsSha256Mechanism(), nil
	case "SCRAM-SHA-512":
		return scramAuth(login).AsSha512Mechanism(), nil
	}
	return nil, configError("sasl.mechanism=" + mechanism + " is not supported: use PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512")
}

func scramAuth(login map[string]string) scram.Auth {
	return scram.Auth{User: login["username"], Pass: login["password"], IsToken: login["tokenauth"] == "true"}
}

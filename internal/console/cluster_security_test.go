package console

import (
	"crypto/tls"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/brolga-io/brolga/internal/console/view"
)

// A cluster that wants a login gets the one that a Java client would send.
func TestSASL(t *testing.T) {
	fake, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.EnableSASL(), kfake.Superuser("SCRAM-SHA-256", "ada", `pass"word`), kfake.Superuser("PLAIN", "bob", "x"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	props := func(mechanism, user, password string) map[string]string {
		quoted := strings.ReplaceAll(password, `"`, `\"`)
		return map[string]string{"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": mechanism,
			"sasl.jaas.config": `org.apache.kafka.common.security.scram.ScramLoginModule required username="` + user + `" password="` + quoted + `";`}
	}
	w := newWorld(t)
	try := func(p map[string]string) (int, string) {
		return w.send("POST", "/api/v1/clusters?dryRun=true", view.NewCluster{Name: "s", BootstrapServers: fake.ListenAddrs(), Properties: p})
	}
	for _, p := range []map[string]string{props("SCRAM-SHA-256", "ada", `pass"word`), props("PLAIN", "bob", "x")} {
		if status, text := try(p); status != 200 || !strings.Contains(text, "1 broker") {
			t.Errorf("%s: %d %s", p["sasl.mechanism"], status, text)
		}
	}
	if status, text := try(props("PLAIN", "bob", "wrong-secret")); status == 200 || strings.Contains(text, "wrong-secret") {
		t.Errorf("a wrong password: %d %s", status, text)
	}
	for field, p := range map[string]map[string]string{
		"properties.sasl.mechanism":                    props("GSSAPI", "a", "b"),
		"properties.sasl.jaas.config":                  {"security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN"},
		"properties.security.protocol":                 {"security.protocol": "TELEPATHY"},
		"properties.ssl.truststore.certificates":       {"security.protocol": "SSL", "ssl.truststore.certificates": "no PEM"},
		"properties.ssl.keystore.certificate.chain":    {"security.protocol": "SSL", "ssl.keystore.certificate.chain": "x", "ssl.keystore.key": "y"},
		"properties.sasl.login.callback.handler.class": {"sasl.login.callback.handler.class": "x"},
	} {
		if got := w.refused("POST", "/api/v1/clusters", view.NewCluster{Name: "s", BootstrapServers: []string{"x:1"}, Properties: p}, 400, "INVALID_REQUEST"); got.Field != field {
			t.Errorf("field %s, not %s", got.Field, field)
		}
	}
}

// A cluster behind TLS is reached with the certificate that was named, and by no
// other; also one that was added in the page, whose addresses are checked.
func TestTLS(t *testing.T) {
	https := httptest.NewTLSServer(http.NotFoundHandler()) // for its certificate of example.com and 127.0.0.1
	defer https.Close()
	pair := https.TLS.Certificates[0]
	fake, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.TLS(&tls.Config{Certificates: []tls.Certificate{pair}}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	root := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}))
	w := newWorld(t)
	for name, c := range map[string]struct {
		props map[string]string
		ok    bool
	}{
		"trusted":               {map[string]string{"security.protocol": "SSL", "ssl.truststore.certificates": root}, true},
		"any name":              {map[string]string{"security.protocol": "SSL", "ssl.truststore.certificates": root, "ssl.endpoint.identification.algorithm": ""}, true},
		"not trusted":           {map[string]string{"security.protocol": "SSL"}, false},
		"no trust and any name": {map[string]string{"security.protocol": "SSL", "ssl.endpoint.identification.algorithm": ""}, false},
	} {
		status, text := w.send("POST", "/api/v1/clusters?dryRun=true", view.NewCluster{Name: "s", BootstrapServers: fake.ListenAddrs(), Properties: c.props})
		if (status == 200) != c.ok {
			t.Errorf("%s: %d %s", name, status, text)
		}
	}
}

// Clients that write are closed when nobody used them for a while.
func TestProducersAreSwept(t *testing.T) {
	w := newWorld(t)
	k := w.s.clusters.find("fake")
	_, give, err := k.producers.take(writeWay{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	k.producers.k = &cluster{now: func() time.Time { return now }}
	give()
	k.producers.sweep()
	if len(k.producers.byWay) != 1 {
		t.Error("it is closed at once")
	}
	now = now.Add(2 * producerIdleTime)
	k.producers.sweep()
	if len(k.producers.byWay) != 0 {
		t.Error("it is kept for ever")
	}
}

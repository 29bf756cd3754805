package docker

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The manifest is what Kubernetes would accept: each object passes the schema of its
// kind, without a property that the schema does not have.
func TestKubernetesManifest(t *testing.T) {
	const validate = "test/compat/python/venv/bin/kubernetes-validate"
	needFile(t, validate)
	const manifest = "deploy/kubernetes/brolga.yaml"
	r := run(t, "", validate, "--strict", manifest)
	if said := r.stdout + r.stderr; r.code != 0 || strings.Count(said, " passed for resource ") != 3 {
		t.Errorf("ended with %d: %s", r.code, said)
	}
	text, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	wrong := filepath.Join(t.TempDir(), "wrong.yaml")
	if err := os.WriteFile(wrong, []byte(strings.Replace(string(text), "replicas: 3", "replicaz: 3", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := run(t, "", validate, "--strict", wrong); r.code == 0 {
		t.Error("the check takes a manifest with a misspelled key")
	}
}

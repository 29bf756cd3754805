package main

import (
	"encoding/json"
	"go/format"
	"strings"
	"testing"
)

const sample = `{
  "apiKey": 1, "type": "request", "name": "SampleRequest", "listeners": ["broker"],
  "validVersions": "2-5", "flexibleVersions": "4+",
  "fields": [
    { "name": "Old", "type": "int32", "versions": "0-1" },
    { "name": "Name", "type": "string", "versions": "0+", "nullableVersions": "3+" },
    { "name": "ErrorCode", "type": "int16", "versions": "0+" },
    { "name": "Items", "type": "[]Item", "versions": "0+", "fields": [
      { "name": "Id", "type": "uuid", "versions": "3+" },
      { "name": "Parts", "type": "[]int32", "versions": "0+" }
    ]},
    { "name": "Late", "type": "Extra", "versions": "5+", "taggedVersions": "5+", "tag": 3 },
    { "name": "Soon", "type": "int32", "versions": "4+", "taggedVersions": "4+", "tag": 1, "default": -1 }
  ],
  "commonStructs": [
    { "name": "Extra", "versions": "0+", "fields": [
      { "name": "Flag", "type": "bool", "versions": "0+", "default": "true" }
    ]}
  ]
}`

func resolveText(t *testing.T, text string) (*message, error) {
	t.Helper()
	var d definition
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	return resolve(d)
}

func TestEmitSample(t *testing.T) {
	m, err := resolveText(t, sample)
	if err != nil {
		t.Fatal(err)
	}
	w := &writer{}
	w.line("package wire")
	emitMessage(w, m)
	code, err := format.Source(w.Bytes())
	if err != nil {
		t.Fatalf("%v in\n%s", err, w)
	}
	for _, want := range []string{
		"// SampleRequest is the body of the request of API 1 (versions 2-5, flexible from 4).",
		"m.Name = r.nullableString(flexible, version >= 3)",
		"m.ErrorCode = ErrorCode(r.Int16())",
		"for n := r.arrayLength(flexible, false, 4); len(m.Items) < n && r.err == nil; {",
		"m.Soon = -1",
		"if version == 5 && !m.Late.isDefault() {",
		"func (m *SampleRequestExtra) isDefault() bool {\n\treturn m.Flag\n}",
	} {
		if !strings.Contains(string(code), want) {
			t.Errorf("no %q in\n%s", want, code)
		}
	}
	if strings.Contains(string(code), "Old") {
		t.Error("a field without a valid version is there")
	}
	if strings.Index(string(code), "case 1:") > strings.Index(string(code), "case 3:") {
		t.Error("tags are not in order")
	}
}

// The least size of an element decides which counts are believed.
func TestLeastSizes(t *testing.T) {
	m, err := resolveText(t, sample)
	if err != nil {
		t.Fatal(err)
	}
	item := m.structs[1]
	for version, want := range map[int]int{
		2: 4,          // the length of Parts
		3: 16 + 4,     // and the id
		4: 16 + 1 + 1, // compact length and tags
	} {
		if got := item.bytes(version); got != want {
			t.Errorf("version %d: %d bytes, want %d", version, got, want)
		}
	}
}

func TestRefusedDefinitions(t *testing.T) {
	for name, field := range map[string]string{
		"unknown type":         `{"name": "A", "type": "Missing", "versions": "0+"}`,
		"array of bytes":       `{"name": "A", "type": "[]bytes", "versions": "0+"}`,
		"nullable number":      `{"name": "A", "type": "int8", "versions": "0+", "nullableVersions": "0+"}`,
		"tag without number":   `{"name": "A", "type": "int8", "versions": "0+", "taggedVersions": "0+"}`,
		"tagged records":       `{"name": "A", "type": "records", "versions": "0+", "taggedVersions": "0+", "tag": 0}`,
		"tag that ends":        `{"name": "A", "type": "int8", "versions": "0+", "taggedVersions": "0-1", "tag": 0}`,
		"own flexible version": `{"name": "A", "type": "string", "versions": "0+", "flexibleVersions": "none"}`,
	} {
		_, err := resolveText(t, `{"type": "data", "name": "D", "validVersions": "0-3", "flexibleVersions": "0+", "fields": [`+field+`]}`)
		if err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestMessagesWithoutCode(t *testing.T) {
	for _, text := range []string{
		`{"type": "header", "name": "RequestHeader", "validVersions": "1-2", "fields": []}`,
		`{"type": "request", "name": "Retired", "validVersions": "none"}`,
	} {
		if m, err := resolveText(t, text); m != nil || err != nil {
			t.Errorf("%s: %v, %v", text, m, err)
		}
	}
}

package cli

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// jsonValue is a value of a JSON file that a user wrote. Its accessors complain
// in the words of the Java tools, which quote the value they found.
type jsonValue struct{ raw json.RawMessage }

// parseJSON reads the first value of a text and ignores what follows it.
func parseJSON(text string) (jsonValue, bool) {
	d := json.NewDecoder(strings.NewReader(text))
	var v jsonValue
	return v, d.Decode(&v.raw) == nil
}

func (v jsonValue) String() string {
	var b bytes.Buffer
	if json.Compact(&b, v.raw) != nil {
		return string(v.raw)
	}
	return b.String()
}

func (v jsonValue) object() (jsonFields, error) {
	var fields map[string]json.RawMessage
	if v.raw[0] != '{' || json.Unmarshal(v.raw, &fields) != nil {
		return nil, jsonMapping("Expected JSON object, received " + v.String())
	}
	return fields, nil
}

func (v jsonValue) array() ([]jsonValue, error) {
	var items []json.RawMessage
	if v.raw[0] != '[' || json.Unmarshal(v.raw, &items) != nil {
		return nil, jsonMapping("Expected JSON array, received " + v.String())
	}
	values := make([]jsonValue, len(items))
	for i, item := range items {
		values[i] = jsonValue{item}
	}
	return values, nil
}

func (v jsonValue) text() (string, error) {
	var s string
	if v.raw[0] != '"' || json.Unmarshal(v.raw, &s) != nil {
		return "", jsonMapping("Expected `String` value, received " + v.String())
	}
	return s, nil
}

func (v jsonValue) int32() (int32, error) {
	n, err := strconv.ParseInt(string(v.raw), 10, 32)
	if err != nil {
		return 0, jsonMapping("Expected `Integer` value, received " + v.String())
	}
	return int32(n), nil
}

func (v jsonValue) int64() (int64, error) {
	n, err := strconv.ParseInt(string(v.raw), 10, 64)
	if err != nil {
		return 0, jsonMapping("Expected `Long` value, received " + v.String())
	}
	return n, nil
}

type jsonFields map[string]json.RawMessage

// field returns a field that must be there.
func (o jsonFields) field(name string) (jsonValue, error) {
	raw, ok := o[name]
	if !ok {
		return jsonValue{}, jsonMapping("No such field exists: `" + name + "`")
	}
	return jsonValue{raw}, nil
}

func jsonMapping(text string) error {
	return &exception{class: "com.fasterxml.jackson.databind.JsonMappingException", text: text}
}

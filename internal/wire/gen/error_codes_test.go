package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLoadErrorCodes(t *testing.T) {
	for text, ok := range map[string]bool{
		"-1\tUNKNOWN\tfalse\tNo idea.\n0\tNONE\tfalse\tNONE\n": true,
		"":                                 false,
		"0\tNONE\tfalse\tNONE\n":           false, // does not begin at -1
		"-1\tUNKNOWN\tfalse\n":             false, // a column is missing
		"-1\tUNKNOWN\tperhaps\tNo idea.\n": false,
		"x\tUNKNOWN\tfalse\tNo idea.\n":    false,
	} {
		name := filepath.Join(t.TempDir(), "errors.tsv")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if codes, err := loadErrorCodes(name); (err == nil) != ok {
			t.Errorf("%q: %v, %v", text, codes, err)
		}
	}
}

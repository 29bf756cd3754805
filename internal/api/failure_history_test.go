package api

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/wire"
)

// TestKAFKA14034NoUnknownServerError: the Java client that hears UNKNOWN_SERVER_ERROR of
// an idempotent produce sends the batch again under a new sequence, so that it is stored
// twice. Nothing that can go wrong with a produce has that code.
func TestKAFKA14034NoUnknownServerError(t *testing.T) {
	errs := []error{io.ErrUnexpectedEOF, syscall.EIO, syscall.ENOSPC, os.ErrClosed, errors.New("anything")}
	for _, e := range logErrors {
		errs = append(errs, e.err)
	}
	for kind := range batch.ErrorKind(32) {
		errs = append(errs, &batch.Error{Kind: kind})
	}
	for _, err := range errs {
		for _, err := range []error{err, fmt.Errorf("wrapped: %w", err), errors.Join(err, io.EOF)} {
			if code := errorCode(err); code == wire.UnknownServerError || code == wire.None {
				t.Errorf("%v is told as %v", err, code)
			}
		}
	}
	// A code that a room returns is passed on, so no room on that path may return it.
	for _, pattern := range []string{"produce*.go", "../replica/*.go", "../commitlog/*.go", "../batch/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(name, "_test.go") && strings.Contains(string(text), "UnknownServerError") {
				t.Errorf("%s speaks of UnknownServerError", name)
			}
		}
	}
}

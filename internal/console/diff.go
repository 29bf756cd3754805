package console

import (
	"bytes"
	"encoding/json"
	"reflect"

	"github.com/brolga-io/brolga/internal/console/view"
)

// decodeAny reads JSON with its numbers as they are written.
func decodeAny(b []byte) (any, error) {
	var v any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return v, d.Decode(&v)
}

// diff lists what makes now out of was. Where a list has another length it is
// replaced as a whole.
func diff(was, now any, path []any) []view.Op {
	switch n := now.(type) {
	case map[string]any:
		w, ok := was.(map[string]any)
		if !ok {
			break
		}
		var ops []view.Op
		for _, name := range sortedKeys(n) {
			if before, ok := w[name]; ok {
				ops = append(ops, diff(before, n[name], with(path, name))...)
			} else {
				ops = append(ops, set(with(path, name), n[name]))
			}
		}
		for _, name := range sortedKeys(w) {
			if _, ok := n[name]; !ok {
				ops = append(ops, view.Op{Path: with(path, name), Remove: true})
			}
		}
		return ops
	case []any:
		w, ok := was.([]any)
		if !ok || len(w) != len(n) {
			break
		}
		var ops []view.Op
		for i := range n {
			ops = append(ops, diff(w[i], n[i], with(path, i))...)
		}
		return ops
	}
	if reflect.DeepEqual(was, now) {
		return nil
	}
	return []view.Op{set(path, now)}
}

// with is a path with one more step; the path itself is left alone.
func with(path []any, step any) []any {
	return append(path[:len(path):len(path)], step)
}

func set(path []any, value any) view.Op {
	b, err := json.Marshal(value)
	if err != nil {
		panic("BUG: " + err.Error()) // it was JSON before
	}
	return view.Op{Path: path, Value: b}
}

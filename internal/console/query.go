package console

import (
	"encoding"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/brolga-io/brolga/internal/console/view"
)

// readQuery fills a struct from the query by the JSON names of its fields.
func (c *call) readQuery(into any) error {
	values, err := url.ParseQuery(c.r.URL.RawQuery)
	if err != nil {
		return invalid("", "The query cannot be read.")
	}
	return fillQuery(reflect.ValueOf(into).Elem(), values)
}

func fillQuery(v reflect.Value, values url.Values) error {
	t := v.Type()
	for i := range t.NumField() {
		if t.Field(i).Anonymous {
			if err := fillQuery(v.Field(i), values); err != nil {
				return err
			}
			continue
		}
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		given := values[name]
		if len(given) == 0 || given[0] == "" && len(given) == 1 {
			continue
		}
		if err := setField(v.Field(i), given); err != nil {
			return invalid(name, err.Error())
		}
	}
	return nil
}

func setField(v reflect.Value, given []string) error {
	if v.Kind() == reflect.Slice {
		list := reflect.MakeSlice(v.Type(), len(given), len(given))
		for i, text := range given {
			if err := setValue(list.Index(i), text); err != nil {
				return err
			}
		}
		v.Set(list)
		return nil
	}
	return setValue(v, given[0])
}

func setValue(v reflect.Value, text string) error {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		return setValue(v.Elem(), text)
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(text))
	}
	if e, ok := v.Interface().(view.Enum); ok && !slices.Contains(e.Values(), text) {
		return fmt.Errorf("%q is none of %s", clip(text, 50), strings.Join(e.Values(), ", "))
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", clip(text, 50))
		}
		v.SetBool(b)
	case reflect.Int, reflect.Int32, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, v.Type().Bits())
		if err != nil {
			return fmt.Errorf("%q is not a whole number of %d bits", clip(text, 50), v.Type().Bits())
		}
		v.SetInt(n)
	default:
		panic("BUG: a query cannot carry " + v.Type().String())
	}
	return nil
}

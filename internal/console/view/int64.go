package view

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// Int64 is a 64-bit number that travels as text. It is read from text and from
// a number alike.
type Int64 int64

// MarshalJSON writes the number in quotes.
func (i Int64) MarshalJSON() ([]byte, error) {
	return strconv.AppendQuote(nil, strconv.FormatInt(int64(i), 10)), nil
}

// UnmarshalJSON reads "12" and 12.
func (i *Int64) UnmarshalJSON(b []byte) error {
	text := string(b)
	if len(b) > 0 && b[0] == '"' {
		if err := json.Unmarshal(b, &text); err != nil {
			return err
		}
	}
	return i.UnmarshalText([]byte(text))
}

// UnmarshalText reads the number out of a query.
func (i *Int64) UnmarshalText(b []byte) error {
	n, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil {
		return fmt.Errorf("%q is not a whole number of 64 bits", b)
	}
	*i = Int64(n)
	return nil
}

// Millis is a moment that the console itself noted, in milliseconds since 1970:
// a plain number, for it fits.
type Millis int64

// Enum is a string type with a fixed set of values.
type Enum interface{ Values() []string }

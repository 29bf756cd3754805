package cli

import (
	"encoding/binary"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// deserializer turns bytes into the text of the Java object that the built-in
// deserializer of a name would make of them.
type deserializer func([]byte) (string, error)

// findDeserializer returns nil, which prints the bytes as they are, for no
// class and, with a log line, for one that is not built in.
func findDeserializer(env *Env, class string) deserializer {
	if class == "" {
		return nil
	}
	name, builtIn := strings.CutPrefix(class, "org.apache.kafka.common.serialization.")
	if d, ok := deserializers()[name]; ok && builtIn {
		return d
	}
	env.logException("ERROR", "Unable to instantiate a deserializer from "+class, "org.apache.kafka.tools.consumer.DefaultMessageFormatter",
		&exception{class: "java.lang.ClassNotFoundException", text: class})
	return nil
}

func deserializers() map[string]deserializer {
	return map[string]deserializer{
		"StringDeserializer":    func(b []byte) (string, error) { return strings.ToValidUTF8(string(b), "\uFFFD"), nil },
		"ByteArrayDeserializer": func(b []byte) (string, error) { return string(b), nil },
		"ByteBufferDeserializer": func(b []byte) (string, error) {
			return fmt.Sprintf("java.nio.HeapByteBuffer[pos=0 lim=%d cap=%d]", len(b), len(b)), nil
		},
		"BytesDeserializer": func(b []byte) (string, error) { return escapedBytes(b), nil },
		"ShortDeserializer": sized("ShortDeserializer", 2, func(b []byte) string {
			return strconv.Itoa(int(int16(binary.BigEndian.Uint16(b))))
		}),
		"IntegerDeserializer": sized("IntegerDeserializer", 4, func(b []byte) string {
			return strconv.Itoa(int(int32(binary.BigEndian.Uint32(b))))
		}),
		"LongDeserializer": sized("LongDeserializer", 8, func(b []byte) string {
			return strconv.FormatInt(int64(binary.BigEndian.Uint64(b)), 10)
		}),
		"FloatDeserializer": sized("Deserializer", 4, func(b []byte) string {
			return javaFloat(float64(math.Float32frombits(binary.BigEndian.Uint32(b))), 32)
		}),
		"DoubleDeserializer": sized("Deserializer", 8, func(b []byte) string {
			return javaFloat(math.Float64frombits(binary.BigEndian.Uint64(b)), 64)
		}),
		"BooleanDeserializer": booleanText,
		"UUIDDeserializer":    uuidText,
		"VoidDeserializer": func([]byte) (string, error) {
			return "", illegalArgument("Data should be null for a VoidDeserializer.")
		},
	}
}

func serializationError(text string) error {
	return &exception{class: errorsPackage + "SerializationException", text: text}
}

func sized(name string, size int, text func([]byte) string) deserializer {
	return func(b []byte) (string, error) {
		if len(b) != size {
			return "", serializationError(fmt.Sprintf("Size of data received by %s is not %d", name, size))
		}
		return text(b), nil
	}
}

func booleanText(b []byte) (string, error) {
	switch {
	case len(b) != 1:
		return "", serializationError("Size of data received by BooleanDeserializer is not 1")
	case b[0] == 0:
		return "false", nil
	case b[0] == 1:
		return "true", nil
	}
	return "", serializationError(fmt.Sprintf("Unexpected byte received by BooleanDeserializer: %d", int8(b[0])))
}

var uuidPattern = regexp.MustCompile(`^[0-9a-fA-F]{1,8}-[0-9a-fA-F]{1,4}-[0-9a-fA-F]{1,4}-[0-9a-fA-F]{1,4}-[0-9a-fA-F]{1,12}$`)

// uuidText checks a UUID in its text form and fills up its groups, as
// java.util.UUID does.
func uuidText(b []byte) (string, error) {
	if !uuidPattern.Match(b) {
		return "", serializationError("Error parsing data into UUID")
	}
	groups := strings.Split(strings.ToLower(string(b)), "-")
	for i, width := range []int{8, 4, 4, 4, 12} {
		groups[i] = strings.Repeat("0", width-len(groups[i])) + groups[i]
	}
	return strings.Join(groups, "-"), nil
}

// escapedBytes prints what is not printable ASCII as \xNN.
func escapedBytes(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		if c >= ' ' && c <= '~' && c != '\\' {
			s.WriteByte(c)
		} else {
			fmt.Fprintf(&s, `\x%02X`, c)
		}
	}
	return s.String()
}

// javaFloat prints as Double.toString: plain between 0.001 and 10 million, else
// with an exponent, always with a digit after the point.
func javaFloat(f float64, bits int) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 0):
		return strings.TrimPrefix(strconv.FormatFloat(f, 'g', -1, bits), "+") + "inity"
	}
	if abs := math.Abs(f); f == 0 || abs >= 1e-3 && abs < 1e7 {
		return withPoint(strconv.FormatFloat(f, 'f', -1, bits))
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, bits), "e")
	n, _ := strconv.Atoi(exponent)
	return withPoint(mantissa) + "E" + strconv.Itoa(n)
}

func withPoint(s string) string {
	if strings.Contains(s, ".") {
		return s
	}
	return s + ".0"
}

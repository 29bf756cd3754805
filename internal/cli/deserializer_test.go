package cli

import (
	"fmt"
	"testing"
)

func TestDeserializers(t *testing.T) {
	for _, c := range []struct{ name, bytes, want string }{
		{"String", "a\xffb", "a\uFFFDb"},
		{"ByteArray", "a\xffb", "a\xffb"},
		{"Bytes", "a\\\x00~\x7f", `a\x5C\x00~\x7F`},
		{"ByteBuffer", "abcd", "java.nio.HeapByteBuffer[pos=0 lim=4 cap=4]"},
		{"Short", "\xff\xfe", "-2"},
		{"Short", "a", "Size of data received by ShortDeserializer is not 2"},
		{"Integer", "\x00\x00\x01\x00", "256"},
		{"Integer", "abc", "Size of data received by IntegerDeserializer is not 4"},
		{"Long", "\xff\xff\xff\xff\xff\xff\xff\xff", "-1"},
		{"Long", "null", "Size of data received by LongDeserializer is not 8"},
		{"Float", "\x3f\x80\x00\x00", "1.0"},
		{"Float", "\x7f\xc0\x00\x00", "NaN"},
		{"Float", "abc", "Size of data received by Deserializer is not 4"},
		{"Double", "\x40\x09\x21\xfb\x54\x44\x2d\x18", "3.141592653589793"},
		{"Double", "\x41\x63\x12\xd0\x00\x00\x00\x00", "1.0E7"},
		{"Double", "\xff\xf0\x00\x00\x00\x00\x00\x00", "-Infinity"},
		{"Double", "\x7f\xf0\x00\x00\x00\x00\x00\x00", "Infinity"},
		{"Boolean", "\x01", "true"},
		{"Boolean", "\x00", "false"},
		{"Boolean", "\x02", "Unexpected byte received by BooleanDeserializer: 2"},
		{"Boolean", "null", "Size of data received by BooleanDeserializer is not 1"},
		{"UUID", "123E4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"},
		{"UUID", "1-2-3-4-5", "00000001-0002-0003-0004-000000000005"},
		{"UUID", "nope", "Error parsing data into UUID"},
		{"Void", "null", "Data should be null for a VoidDeserializer."},
	} {
		env, _, stderr := testEnv("")
		d := findDeserializer(env, "org.apache.kafka.common.serialization."+c.name+"Deserializer")
		if d == nil {
			t.Errorf("%s: not found, %s", c.name, stderr)
			continue
		}
		got, err := d([]byte(c.bytes))
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s of %q: %q, want %q", c.name, c.bytes, got, c.want)
		}
	}
}

func TestUnknownDeserializer(t *testing.T) {
	for _, class := range []string{"com.example.Nope", "StringDeserializer", "org.apache.kafka.common.serialization.Nope"} {
		env, _, stderr := testEnv("")
		if findDeserializer(env, class) != nil || stderr.Len() == 0 {
			t.Errorf("%s: found, or no error logged", class)
		}
	}
}

// The expected texts are Java's Double.toString.
func TestJavaFloat(t *testing.T) {
	for f, want := range map[float64]string{
		0: "0.0", 1: "1.0", -1.5: "-1.5", 0.001: "0.001", 0.00099: "9.9E-4", 1e6: "1000000.0",
		9999999: "9999999.0", 1e7: "1.0E7", 1.25e-10: "1.25E-10", 123456789.125: "1.23456789125E8",
	} {
		if got := javaFloat(f, 64); got != want {
			t.Errorf("%v prints as %s, want %s", f, got, want)
		}
	}
	if got := fmt.Sprint(javaFloat(float64(float32(0.1)), 32)); got != "0.1" {
		t.Errorf("float 0.1 prints as %s", got)
	}
}

func FuzzDeserializers(f *testing.F) {
	f.Add([]byte("null"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for name, d := range deserializers() {
			if text, err := d(b); err != nil && text != "" {
				t.Fatalf("%s: both %q and %v", name, text, err)
			}
		}
	})
}

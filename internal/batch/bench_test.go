package batch

import (
	"fmt"
	"testing"
)

func BenchmarkValidate(b *testing.B) {
	for _, c := range []struct{ n, size int }{{1, 100}, {100, 100}, {16, 1000}, {1000, 1000}, {1000, 10}} {
		raw := sample(None, c.n, c.size)
		b.Run(fmt.Sprintf("%dx%d", c.n, c.size), func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for range b.N {
				if _, err := Validate(raw, lenient); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, codec := range allCodecs[1:] {
		raw := sample(codec, 100, 100)
		b.Run("deep/"+codec.String(), func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				if _, err := Validate(raw, lenient); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

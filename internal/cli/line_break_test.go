package cli

import (
	"strings"
	"testing"
)

// The expected breaks are what java.text.BreakIterator.getLineInstance gives.
func TestLineBreaks(t *testing.T) {
	for _, want := range []string{
		"a ¦run-¦time ¦--¦topic-¦id ¦foo.¦bar.¦baz1,¦x ¦3.1415 ¦0-¦3 ¦-5 ¦x-¦5 ¦5-¦x ¦a1b2 ¦(a)¦(b) ¦aaa¦(bbb) ¦",
		"\"quoted\" ¦'q' ¦<x.¦y>=3 ¦a/b ¦a=b,¦c:¦d ¦50%¦off ¦$5 ¦foo--¦bar ¦[a,¦b] ¦host1:¦9092,¦HOST2:¦PORT2. ¦",
		"'PnDTnHnMnS' ¦1a ¦a1 ¦1.¦a ¦(1,2) ¦-1) ¦x ¦(-1) ¦topic1:¦1,¦topic2:¦0-¦3 ¦a\t¦b ¦2-¦7b¦",
		"'([^:,]¦*)¦(?::¦(?:¦([0-¦9]¦*)¦|¦(?:¦([0-¦9]¦*)¦-([0-¦9]¦*))))?'. ¦The ¦\\t=x ¦",
		"YYYY-¦MM-¦DDTHH:¦mm:¦SS.¦sss ¦--¦to-¦offset. ¦(default: ¦-1) ¦16384) ¦a\"¦b ¦c@d ¦e#f ¦g&h ¦topic5:¦-3¦>¦",
	} {
		line := strings.ReplaceAll(want, "¦", "")
		if got := strings.Join(lineBreaks(line), "¦") + "¦"; got != want {
			t.Errorf("%q\n got %s\nwant %s", line, got, want)
		}
	}
}

func FuzzLineBreaks(f *testing.F) {
	f.Add("a (b-1) 'c', -5.")
	f.Fuzz(func(t *testing.T, line string) {
		if got := strings.Join(lineBreaks(line), ""); got != string([]rune(line)) {
			t.Fatalf("pieces of %q join to %q", line, got)
		}
	})
}

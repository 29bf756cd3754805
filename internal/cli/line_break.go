package cli

import "unicode"

// lineBreaks cuts a line into the unbreakable pieces that java.text's line
// BreakIterator finds: opening punctuation, then a number or a run of other
// characters, then closing punctuation or dashes, then white space or a line end. Joined they
// give the line again.
func lineBreaks(line string) []string {
	runes := []rune(line)
	var pieces []string
	for start := 0; start < len(runes); {
		end := wordEnd(runes, start)
		pieces = append(pieces, string(runes[start:end]))
		start = end
	}
	return pieces
}

func wordEnd(r []rune, i int) int {
	start := i
	i = coreEnd(r, i)
	if i < len(r) && isDash(r[i]) {
		i = skip(r, i, isDash)
	} else {
		i = skip(r, i, isClosing)
	}
	i = skip(r, i, func(c rune) bool { return c == ' ' })
	if i < len(r) && (r[i] == '\t' || r[i] == '\n') {
		i++
	}
	return max(i, start+1)
}

// coreEnd takes the longer of a number, which may begin with dashes too, and a
// run of word characters.
func coreEnd(r []rune, i int) int {
	signed := skip(r, i, func(c rune) bool { return isOpening(c) || isDash(c) })
	word := skip(r, skip(r, i, isOpening), isWordChar)
	if number := numberEnd(r, signed); number > signed {
		return max(number, word)
	}
	return word
}

func skip(r []rune, i int, match func(rune) bool) int {
	for i < len(r) && match(r[i]) {
		i++
	}
	return i
}

// numberEnd returns the end of digits with single points or commas between
// them, or i where there is no digit.
func numberEnd(r []rune, i int) int {
	if i >= len(r) || !unicode.IsDigit(r[i]) {
		return i
	}
	for i < len(r) {
		switch {
		case unicode.IsDigit(r[i]):
			i++
		case (r[i] == '.' || r[i] == ',') && i+1 < len(r) && unicode.IsDigit(r[i+1]):
			i += 2
		default:
			return i
		}
	}
	return i
}

func isOpening(c rune) bool {
	switch c {
	case '(', '[', '{', '$', '"', '\'':
		return true
	}
	return unicode.Is(unicode.Pi, c)
}

func isClosing(c rune) bool {
	switch c {
	case ')', ']', '}', '"', '\'', '!', '%', '.', ',', ':', ';', '?':
		return true
	}
	return unicode.Is(unicode.Pf, c)
}

func isDash(c rune) bool { return unicode.Is(unicode.Pd, c) }

func isWordChar(c rune) bool {
	return c == '\'' || c != ' ' && c != '\t' && c != '\n' && !isOpening(c) && !isClosing(c) && !isDash(c)
}

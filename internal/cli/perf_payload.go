package cli

import (
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
)

// payloadSource makes the values of records; the i-th one is asked for in order.
type payloadSource func(i int64) []byte

func (p *producerPerfArgs) payload(env *Env, given *argResult, size int) (payloadSource, error) {
	switch {
	case given.has(p.payloadFile):
		delimiter := given.value(p.delimiter)
		if delimiter == `\n` {
			delimiter = "\n"
		}
		payloads, err := readPayloads(env, given.value(p.payloadFile), delimiter)
		if err != nil {
			return nil, err
		}
		return func(int64) []byte { return payloads[env.Random(len(payloads))] }, nil
	case given.has(p.payloadMonotonic):
		return func(i int64) []byte { return strconv.AppendInt(nil, i, 10) }, nil
	}
	return randomLetters(size), nil
}

// randomLetters makes values of capital letters, each its own slice: the client
// keeps them until they are sent.
func randomLetters(size int) payloadSource {
	const letters = 26
	random := rand.New(rand.NewPCG(0, 0))
	return func(int64) []byte {
		value := make([]byte, size)
		var bits uint64
		for i := range value {
			if i%8 == 0 {
				bits = random.Uint64()
			}
			value[i] = 'A' + byte(bits&0xff)%letters
			bits >>= 8
		}
		return value
	}
}

// readPayloads cuts a file as Java's Scanner does: one delimiter before a value
// is skipped, so that empty values lie between two of them only.
func readPayloads(env *Env, path, delimiter string) ([][]byte, error) {
	env.outln("Reading payloads from: " + absolutePath(path))
	raw, err := os.ReadFile(path)
	if err != nil || len(raw) == 0 {
		return nil, illegalArgument("File does not exist or empty file provided.")
	}
	pattern, err := regexp.Compile(delimiter)
	if err != nil {
		return nil, &exception{class: "java.util.regex.PatternSyntaxException", text: err.Error()}
	}
	payloads := cutPayloads(raw, pattern)
	env.outf("Number of records read: %d\n", len(payloads))
	if len(payloads) == 0 {
		return nil, illegalArgument("No payload file, record size or payload-monotonic option provided.")
	}
	return payloads, nil
}

func cutPayloads(raw []byte, delimiter *regexp.Regexp) [][]byte {
	var payloads [][]byte
	for {
		if at := delimiter.FindIndex(raw); at != nil && at[0] == 0 && at[1] > 0 {
			raw = raw[at[1]:]
		}
		if len(raw) == 0 {
			return payloads
		}
		end := len(raw)
		if at := delimiter.FindIndex(raw); at != nil && at[1] > at[0] {
			end = at[0]
		}
		payloads = append(payloads, raw[:end:end])
		raw = raw[end:]
	}
}

package batch

// Next cuts the first batch off b, which holds whole batches one after the
// other. A last batch that is not complete is a Corrupt error.
func Next(b []byte) (h Header, raw, rest []byte, err error) {
	if h, err = ParseHeader(b); err != nil {
		return h, nil, nil, err
	}
	if h.Size() > len(b) {
		return h, nil, nil, errorf(Corrupt, "Record batch is corrupt (its size %d is larger than the %d bytes left)", h.Size(), len(b))
	}
	return h, b[:h.Size():h.Size()], b[h.Size():], nil
}

// ForEach calls f for each of the concatenated batches in b and stops at the
// first error, its own or f's. It does not check CRCs.
func ForEach(b []byte, f func(h Header, raw []byte) error) error {
	for len(b) > 0 {
		h, raw, rest, err := Next(b)
		if err != nil {
			return err
		}
		if err := f(h, raw); err != nil {
			return err
		}
		b = rest
	}
	return nil
}

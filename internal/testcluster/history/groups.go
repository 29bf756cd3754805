package history

// GroupOffsets is I12 for groups with one owner: what was committed is not forgotten,
// and nothing is made up.
func GroupOffsets(h *History) []string {
	var f found
	for _, fetched := range h.Commits {
		if !fetched.Fetched || fetched.Outcome != OK {
			continue
		}
		least, most := int64(-1), int64(-1)
		for _, c := range h.Commits {
			if c.Fetched || c.Group != fetched.Group || c.Partition != fetched.Partition {
				continue
			}
			if c.Outcome == OK && c.Ended < fetched.Invoked {
				least = max(least, c.Offset)
			}
			if c.Outcome != Failed && c.Invoked < fetched.Ended {
				most = max(most, c.Offset)
			}
		}
		if fetched.Offset < least || fetched.Offset > most {
			f.add("group %s had %d for %v at %v, committed are %d to %d", fetched.Group, fetched.Offset, fetched.Partition, fetched.Invoked, least, most)
		}
	}
	return f
}

package history

// RecoverySafety is I19: a start drops nothing that had been synced without saying that
// the log is damaged, and nobody is served a batch with a wrong CRC.
func RecoverySafety(h *History) []string {
	var f found
	for _, r := range h.Recoveries {
		if !r.Refused && r.End < r.Synced && r.Start < r.Synced {
			f.add("node %d recovered %v up to %d %s, and %d was on its disk", r.Node, r.Partition, r.End, r.When, r.Synced)
		}
	}
	for _, b := range h.BadReads {
		f.add("%s was served a damaged batch at %v@%d at %v", b.Consumer, b.Partition, b.Offset, b.At)
	}
	return f
}

package load

// Follow fetches a partition from its start as a replica does, one request after
// the other. What comes is given to each, which returns the next offset. Follow
// returns with the first error.
func Follow(addr string, replica, partition, maxBytes, waitMs int, each func(records []byte) (next int64)) error {
	c, err := dialSoon(addr)
	if err != nil {
		return err
	}
	defer c.Close()
	for offset := int64(0); ; {
		b, err := c.ask(fetchRequest(replica, partition, offset, maxBytes, waitMs))
		if err != nil {
			return err
		}
		f, err := parseFetched(b)
		if err != nil {
			return err
		}
		if len(f.records) > 0 {
			offset = each(f.records)
		}
	}
}

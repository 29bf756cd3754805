package wire

// Message is a request, response or record body of the Kafka protocol.
//
// Decode and Append take the version of the message. They expect one between
// the bounds of the API (see LookupAPI) or of the record (RecordVersions); with
// any other version they treat each field by the version range it has in the
// definition, which yields garbage but never a panic.
type Message interface {
	// SetDefaults gives every field the default of its definition. Slices are
	// emptied and keep their capacity, so that a message can be used again.
	SetDefaults()
	// Decode calls SetDefaults and reads the body. Errors are found in r.Err().
	// []byte fields alias the input of r. Bytes after the body are left alone.
	Decode(r *Reader, version int16)
	// Append appends the body to dst and returns the longer slice. A field that
	// the version does not carry is left out, whatever its value. A nil that the
	// version has no null for is written as empty, and strings are cut after
	// MaxStringLength bytes.
	Append(dst []byte, version int16) []byte
}

// Request is the body of a request.
type Request interface {
	Message
	// APIKey tells which API the request belongs to.
	APIKey() int16
}

// Record is a message that is stored in the metadata log or in the topic of a
// coordinator. Its type is unique only among the records of that log.
type Record interface {
	Message
	// RecordType is the number that stands in front of the stored record.
	RecordType() int16
	// RecordVersions returns the lowest and the highest version of the record.
	RecordVersions() (lowest, highest int16)
	// AppendJSON appends the record as Kafka's tools print it: the fields that
	// the version has, tagged ones only where they differ from their default.
	AppendJSON(dst []byte, version int16) []byte
}

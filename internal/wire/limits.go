package wire

// Limits of the decoder. They are Kafka's own (4.4) and hold for every message.
const (
	// MaxArrayLength is the greatest number of elements in one array.
	MaxArrayLength = 1_000_000
	// MaxTaggedFields is the greatest number of tagged fields in one struct.
	MaxTaggedFields = 10_000
	// MaxStringLength is the greatest length of a string in bytes.
	MaxStringLength = 1<<15 - 1
)

// firstArrayBytes bounds what is allocated for an array of structs or strings
// before its first element has been read. Later growth follows what was read.
const firstArrayBytes = 4096

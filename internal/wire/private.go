package wire

// APIKeyRaftMessages is spoken among the controllers of one cluster only. Keys
// from PrivateAPIKeys on are brolga's own: they are never listed in ApiVersions,
// and the protocol's own numbers stay far below.
const (
	PrivateAPIKeys     int16 = 10000
	APIKeyRaftMessages int16 = PrivateAPIKeys
)

// privateAPI returns the private API with that key.
func privateAPI(key int16) (API, bool) {
	if key != APIKeyRaftMessages {
		return API{}, false
	}
	return API{Key: key, Name: "RaftMessages", Listeners: ControllerListener}, true
}

// RaftMessagesRequest carries messages of one controller's raft core to another's.
type RaftMessagesRequest struct {
	ClusterId   string
	NodeId      int32
	DirectoryId UUID // the sender's metadata directory
	Messages    [][]byte
}

// APIKey implements Request.
func (*RaftMessagesRequest) APIKey() int16 { return APIKeyRaftMessages }

// SetDefaults implements Message.
func (m *RaftMessagesRequest) SetDefaults() {
	m.ClusterId, m.NodeId, m.DirectoryId = "", 0, ZeroUUID
	m.Messages = m.Messages[:0]
}

// Decode implements Message.
func (m *RaftMessagesRequest) Decode(r *Reader, _ int16) {
	m.SetDefaults()
	m.ClusterId = r.string(true)
	m.NodeId = r.Int32()
	m.DirectoryId = r.UUID()
	for n := r.arrayLength(true, false, 1); len(m.Messages) < n && r.err == nil; {
		m.Messages = extend(m.Messages, n)
		m.Messages[len(m.Messages)-1] = r.bytes(true, false)
	}
	r.skipTags()
}

// Append implements Message.
func (m *RaftMessagesRequest) Append(dst []byte, _ int16) []byte {
	dst = AppendCompactString(dst, m.ClusterId)
	dst = AppendInt32(dst, m.NodeId)
	dst = AppendUUID(dst, m.DirectoryId)
	dst = appendLength(dst, len(m.Messages), false, true)
	for _, b := range m.Messages {
		dst = AppendCompactBytes(dst, b)
	}
	return append(dst, 0)
}

// RaftMessagesResponse says whether the messages were taken. Raft's own answers
// travel as messages.
type RaftMessagesResponse struct {
	ErrorCode    ErrorCode
	ErrorMessage *string
}

// SetDefaults implements Message.
func (m *RaftMessagesResponse) SetDefaults() { *m = RaftMessagesResponse{} }

// Decode implements Message.
func (m *RaftMessagesResponse) Decode(r *Reader, _ int16) {
	m.SetDefaults()
	m.ErrorCode = ErrorCode(r.Int16())
	m.ErrorMessage = r.nullableString(true, true)
	r.skipTags()
}

// Append implements Message.
func (m *RaftMessagesResponse) Append(dst []byte, _ int16) []byte {
	dst = AppendInt16(dst, int16(m.ErrorCode))
	dst = AppendNullableCompactString(dst, m.ErrorMessage)
	return append(dst, 0)
}

package view

// MessageQuery says which messages of a topic to read and in which order.
type MessageQuery struct {
	Position   Position  `json:"position,omitempty" doc:"newest unless told."`
	Partitions []int32   `json:"partitions,omitempty" doc:"All unless told; repeated in a query."`
	Offset     *Int64    `json:"offset,omitempty" doc:"For position offset."`
	Timestamp  *Int64    `json:"timestamp,omitempty" doc:"For position time, milliseconds since 1970."`
	Until      *Int64    `json:"until,omitempty" doc:"Stop at this time, exclusive."`
	Filter     string    `json:"filter,omitempty" doc:"An expression, see checkFilter."`
	Search     string    `json:"q,omitempty" doc:"Text that must occur in key, value or a header, any case."`
	Isolation  Isolation `json:"isolation,omitempty" doc:"read_uncommitted unless told."`
	Limit      int       `json:"limit,omitempty" doc:"Messages of a page: 50 unless told, at most limits.pageSize. In a scan or export 0 is all."`
	Cursor     string    `json:"cursor,omitempty" doc:"next or previous of an earlier page; the other fields must be as they were."`
	Control    bool      `json:"control,omitempty" doc:"Show the markers of transactions too."`
}

// Position is where reading begins.
type Position string

// Positions. From newest one reads backwards, from all others forwards.
const (
	PositionNewest Position = "newest"
	PositionOldest Position = "oldest"
	PositionOffset Position = "offset"
	PositionTime   Position = "time"
)

// Values lists them.
func (Position) Values() []string { return []string{"newest", "oldest", "offset", "time"} }

// Isolation says whether messages of open and aborted transactions are seen.
type Isolation string

// Isolation levels.
const (
	ReadUncommitted Isolation = "read_uncommitted"
	ReadCommitted   Isolation = "read_committed"
)

// Values lists them.
func (Isolation) Values() []string { return []string{"read_uncommitted", "read_committed"} }

// MessagePage is a page of messages, merged over partitions by time: newest
// first where position is newest, else oldest first.
type MessagePage struct {
	Messages []Message      `json:"messages"`
	Next     string         `json:"next,omitempty" doc:"Cursor of what follows in the same direction; absent at the end."`
	Previous string         `json:"previous,omitempty" doc:"Cursor of what came before this page; absent on the first."`
	Progress Progress       `json:"progress"`
	Ranges   []OffsetBounds `json:"ranges" doc:"The partitions that were read, with their ends at that moment."`
}

// OffsetBounds are the ends of a partition.
type OffsetBounds struct {
	Partition int32 `json:"partition"`
	Start     Int64 `json:"start"`
	End       Int64 `json:"end"`
}

// Progress is how far reading has come.
type Progress struct {
	Scanned  Int64  `json:"scanned" doc:"Messages looked at."`
	Matched  Int64  `json:"matched" doc:"Messages that passed the filter."`
	Total    Int64  `json:"total" doc:"Messages in range when it began, at most."`
	Bytes    Int64  `json:"bytes" doc:"Bytes of records looked at."`
	Errors   Int64  `json:"errors" doc:"Messages on which the filter could not be computed, for example no JSON."`
	Problem  string `json:"problem,omitempty" doc:"The first of these errors."`
	Millis   Millis `json:"millis" doc:"Time taken."`
	Complete bool   `json:"complete" doc:"Everything in range was looked at; false: a limit was met first, go on with next."`
	Stopped  string `json:"stopped,omitempty" doc:"Which limit: limit, time, bytes."`
}

// Message is one record.
type Message struct {
	Partition     int32    `json:"partition"`
	Offset        Int64    `json:"offset"`
	Timestamp     Int64    `json:"timestamp" doc:"Milliseconds since 1970; -1: none."`
	LogAppendTime bool     `json:"logAppendTime" doc:"The broker's clock, not the producer's."`
	Key           Payload  `json:"key"`
	Value         Payload  `json:"value"`
	Headers       []Header `json:"headers"`
	Compression   string   `json:"compression" doc:"none, gzip, snappy, lz4, zstd."`
	LeaderEpoch   int32    `json:"leaderEpoch"`
	ProducerID    Int64    `json:"producerId" doc:"-1: none."`
	ProducerEpoch int32    `json:"producerEpoch"`
	Transactional bool     `json:"transactional"`
	Control       string   `json:"control,omitempty" doc:"commit or abort: the marker of a transaction, not a message."`
	Note          string   `json:"note,omitempty" doc:"What the record means, where the topic is one of Kafka's own."`
}

// Header is a header of a record.
type Header struct {
	Name  string  `json:"name"`
	Value Payload `json:"value"`
}

// Payload is a key, a value or a header. Its bytes are text where they are valid
// UTF-8, base64 else, cut where they are long.
type Payload struct {
	Null      bool        `json:"null"`
	Size      int         `json:"size" doc:"Bytes of the whole; 0 for null."`
	Encoding  Encoding    `json:"encoding"`
	Data      string      `json:"data" doc:"Content is never markup: show it as text."`
	Truncated bool        `json:"truncated" doc:"data is only the beginning; getMessage and downloadPayload have the rest."`
	Format    PayloadKind `json:"format" doc:"What it looks like."`
	Number    string      `json:"number,omitempty" doc:"The number that 4 or 8 bytes are, big-endian."`
}

// Encoding is how data carries bytes.
type Encoding string

// Encodings.
const (
	EncodingText   Encoding = "text"
	EncodingBase64 Encoding = "base64"
)

// Values lists them.
func (Encoding) Values() []string { return []string{"text", "base64"} }

// PayloadKind is what bytes look like.
type PayloadKind string

// Kinds of bytes.
const (
	KindEmpty  PayloadKind = "empty"
	KindJSON   PayloadKind = "json"
	KindText   PayloadKind = "text"
	KindBinary PayloadKind = "binary"
)

// Values lists them.
func (PayloadKind) Values() []string { return []string{"empty", "json", "text", "binary"} }

// FullMessage picks how much of one message to show.
type FullMessage struct {
	MaxBytes int `json:"maxBytes,omitempty" doc:"Of key and value each: 1048576 unless told, at most 8388608; downloadPayload has no limit."`
}

// ScanEvent is one line of the answer to a scan. Exactly one field is set.
type ScanEvent struct {
	Message  *Message  `json:"message,omitempty"`
	Progress *Progress `json:"progress,omitempty" doc:"About four a second."`
	End      *ScanEnd  `json:"end,omitempty" doc:"The last line of a scan that came to its end."`
	Error    *Problem  `json:"error,omitempty" doc:"The last line of one that did not."`
}

// ScanEnd is how a scan ended.
type ScanEnd struct {
	Progress Progress `json:"progress"`
	Next     string   `json:"next,omitempty" doc:"Cursor to go on with."`
}

// ExportQuery says what to write into a file.
type ExportQuery struct {
	MessageQuery
	Format ExportFormat `json:"format,omitempty" doc:"ndjson unless told."`
}

// ExportFormat is the form of an exported file.
type ExportFormat string

// Values lists them.
func (ExportFormat) Values() []string { return []string{"ndjson", "csv"} }

// FilterCheck is an expression to be checked, maybe on a message.
type FilterCheck struct {
	Filter    string  `json:"filter"`
	Cluster   string  `json:"cluster,omitempty" doc:"With topic, partition and offset: try it on this message."`
	Topic     string  `json:"topic,omitempty"`
	Partition int32   `json:"partition,omitempty"`
	Offset    *Int64  `json:"offset,omitempty"`
	Sample    *Sample `json:"sample,omitempty" doc:"Try it on this text."`
}

// Sample is a message that exists only to try a filter.
type Sample struct {
	Key     *string           `json:"key"`
	Value   *string           `json:"value"`
	Headers map[string]string `json:"headers,omitempty"`
}

// FilterVerdict is what came of checking a filter.
type FilterVerdict struct {
	OK       bool   `json:"ok" doc:"It can be run."`
	Problem  string `json:"problem,omitempty"`
	Position int    `json:"position" doc:"Where the problem is, in characters from the beginning."`
	Length   int    `json:"length" doc:"How many characters are at fault."`
	Meaning  string `json:"meaning,omitempty" doc:"The expression as it was understood, with all brackets."`
	Tried    bool   `json:"tried"`
	Matches  bool   `json:"matches" doc:"The message passes; only where tried."`
}

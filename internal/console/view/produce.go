package view

// Produce is messages to be written.
type Produce struct {
	Messages    []NewMessage `json:"messages"`
	Compression Compression  `json:"compression,omitempty" doc:"none unless told."`
	Acks        Acks         `json:"acks,omitempty" doc:"all unless told."`
	Copies      int          `json:"copies,omitempty" doc:"Write each message that many times; 1 unless told."`
}

// NewMessage is a message to be written. Bytes are text unless encoding says
// base64. An absent or null key or value is Kafka's null.
type NewMessage struct {
	Partition *int32      `json:"partition,omitempty" doc:"Unless told, what the key says (murmur2, as Java's default), and without a key one partition after another."`
	Key       *string     `json:"key,omitempty"`
	Value     *string     `json:"value,omitempty"`
	Encoding  Encoding    `json:"encoding,omitempty" doc:"Of key, value and headers; text unless told."`
	Headers   []NewHeader `json:"headers,omitempty"`
	Timestamp *Int64      `json:"timestamp,omitempty" doc:"Now unless told."`
}

// NewHeader is a header to be written.
type NewHeader struct {
	Name  string  `json:"name"`
	Value *string `json:"value"`
}

// Compression is a codec.
type Compression string

// Values lists them.
func (Compression) Values() []string { return []string{"none", "gzip", "snappy", "lz4", "zstd"} }

// Acks says whom to wait for.
type Acks string

// Values lists them.
func (Acks) Values() []string { return []string{"all", "leader", "none"} }

// Produced says where messages went.
type Produced struct {
	Done
	Written    int            `json:"written"`
	Failed     int            `json:"failed"`
	Problem    string         `json:"problem,omitempty" doc:"The first failure."`
	Records    []RecordAt     `json:"records" doc:"In the order of the request, at most 1000."`
	Partitions []WrittenRange `json:"partitions" doc:"How many went where."`
}

// RecordAt is where a record is.
type RecordAt struct {
	Partition int32  `json:"partition"`
	Offset    Int64  `json:"offset" doc:"-1 with acks none, or where it failed."`
	Timestamp Int64  `json:"timestamp"`
	Problem   string `json:"problem,omitempty"`
}

// WrittenRange is what one partition got.
type WrittenRange struct {
	Partition int32 `json:"partition"`
	Count     int   `json:"count"`
	First     Int64 `json:"first"`
	Last      Int64 `json:"last"`
}

// Resend writes messages that exist once more.
type Resend struct {
	Messages  []RecordRef `json:"messages"`
	Topic     string      `json:"topic,omitempty" doc:"Where to; the same topic unless told."`
	Partition *int32      `json:"partition,omitempty" doc:"Unless told, as the key says."`
}

// RecordRef names a record of a topic.
type RecordRef struct {
	Partition int32 `json:"partition"`
	Offset    Int64 `json:"offset"`
}

// CopyRange copies the messages of a query to another topic.
type CopyRange struct {
	MessageQuery
	To             string `json:"to" doc:"The topic to write to; it must exist."`
	KeepPartition  bool   `json:"keepPartition,omitempty" doc:"Write to the partition it came from instead of where the key says."`
	KeepTimestamp  bool   `json:"keepTimestamp,omitempty"`
	PerSecond      int    `json:"perSecond,omitempty" doc:"Messages per second at most; 0: as fast as it goes."`
	AddOriginHeads bool   `json:"addOriginHeaders,omitempty" doc:"Add headers that say where each came from."`
}

// CopyEvent is one line of the answer to a copy. Exactly one field is set.
type CopyEvent struct {
	Progress *CopyProgress `json:"progress,omitempty"`
	End      *CopyEnd      `json:"end,omitempty"`
	Error    *Problem      `json:"error,omitempty"`
}

// CopyProgress is how far a copy has come.
type CopyProgress struct {
	Progress
	Written Int64 `json:"written"`
}

// CopyEnd is how a copy ended.
type CopyEnd struct {
	Done
	CopyProgress
}

// TailQuery says which messages of a topic to follow.
type TailQuery struct {
	Partitions []int32   `json:"partitions,omitempty" doc:"All unless told."`
	Filter     string    `json:"filter,omitempty"`
	Search     string    `json:"q,omitempty"`
	Isolation  Isolation `json:"isolation,omitempty"`
	Back       int       `json:"back,omitempty" doc:"Begin with that many messages of the past, at most 1000."`
	PerSecond  int       `json:"perSecond,omitempty" doc:"Most messages to send each second: 500 unless told, at most 5000. What is more is dropped and counted."`
}

// TailEvent is what a tail sends. Exactly one field is set.
type TailEvent struct {
	Hello    *StreamHello `json:"hello,omitempty" doc:"The first."`
	Messages []Message    `json:"messages,omitempty" doc:"Oldest first, at most four times a second."`
	Status   *TailStatus  `json:"status,omitempty" doc:"Once a second."`
	Error    *Problem     `json:"error,omitempty" doc:"The tail goes on unless it is the last event."`
}

// TailStatus are the counters of a tail since it began.
type TailStatus struct {
	Paused  bool    `json:"paused"`
	Seen    Int64   `json:"seen" doc:"Messages that the broker sent."`
	Matched Int64   `json:"matched"`
	Sent    Int64   `json:"sent"`
	Dropped Int64   `json:"dropped" doc:"Matched, but not sent because there were too many."`
	Errors  Int64   `json:"errors" doc:"Messages on which the filter could not be computed."`
	Rate    float64 `json:"rate" doc:"Messages seen per second, now."`
}

// TailControl pauses a tail or lets it go on.
type TailControl struct {
	Paused bool `json:"paused"`
	Skip   bool `json:"skip,omitempty" doc:"On going on: jump to the newest; else continue where it stopped."`
}

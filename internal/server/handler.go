package server

// Handler processes the requests of all connections. For one connection no two of
// its methods are called at the same time.
type Handler interface {
	// Connected is called once per connection before its first request. It must
	// not block: the next connection is accepted after it.
	Connected(c *Conn)

	// Stages reports whether requests of this API key go through NewRun,
	// Stage and Commit instead of Serve.
	Stages(apiKey int16) bool

	// NewRun starts a run of staged requests that arrived together on c. Their
	// answers are written to out.
	NewRun(c *Conn, out *Answers) Run

	// Serve answers one request (frame: header and body, without the length).
	// It may block. The frame is valid until Serve returns. A returned error
	// closes the connection without an answer.
	Serve(c *Conn, frame []byte, out *Response) error

	// Disconnected is called once per connection after its last request.
	Disconnected(c *Conn)
}

// Run is a sequence of staged requests of one connection, made real together.
// The server calls Stage one or more times, then Commit, then Armed, then never
// uses the Run again.
type Run interface {
	// Stage takes one request and writes its answer as it will be if Commit
	// succeeds. The frame stays valid and may be changed in place until Commit
	// has returned. An error closes the connection after the answers of this
	// run are sent; later requests of the connection are dropped.
	Stage(frame []byte) error

	// Commit makes everything that was staged real, corrects the answers of what
	// failed and marks the holes of those that must wait. An error closes the
	// connection after the answers are sent.
	Commit() error

	// Armed is called when the answers are in the connection's queue: from now
	// on the holes that Commit left may be completed.
	Armed()
}

// FileSlice is a part of a file that the server sends. The descriptor stays
// open until the owner of the answer is released. Implementations are pointers,
// so that passing one does not allocate.
type FileSlice interface {
	// Len is the number of bytes in the slice.
	Len() int
	// ReadAt reads from the slice, off counted from its start.
	ReadAt(p []byte, off int64) (int, error)
	// Region returns the descriptor and position of the slice for sendfile, or
	// ok false when it can only be read.
	Region() (fd uintptr, pos int64, ok bool)
}

// Releaser owns what an answer refers to.
type Releaser interface {
	// Release is called exactly once, when the answer was sent or given up.
	Release()
}

package view

// Failure is the body of every answer that is not a success.
type Failure struct {
	Error Problem `json:"error"`
}

// Problem says what went wrong in words for the person at the page.
type Problem struct {
	ID      string `json:"id,omitempty" doc:"Found in the server's log beside the cause; only set where the cause is not for the page."`
	Code    string `json:"code" doc:"Kafka's name of the error (TOPIC_ALREADY_EXISTS) or one of the console's: INVALID_REQUEST, NOT_FOUND, UNAUTHENTICATED, READ_ONLY, FORBIDDEN, CLUSTER_OFFLINE, TIMED_OUT, TOO_MANY_REQUESTS, NOT_AVAILABLE, INTERNAL."`
	Message string `json:"message" doc:"One or two sentences."`
	Field   string `json:"field,omitempty" doc:"The field of the request that is at fault, as name or name.key."`
	Hint    string `json:"hint,omitempty" doc:"What to do next."`
}

// Done answers a request that changed something, or with ?dryRun=true one that
// would have.
type Done struct {
	Message  string   `json:"message" doc:"What was done, one sentence."`
	Command  string   `json:"command" doc:"The command line that does the same."`
	DryRun   bool     `json:"dryRun" doc:"Nothing was changed: the request was checked only."`
	Warnings []string `json:"warnings"`
}

// DryRun is the query of every request that changes something.
type DryRun struct {
	DryRun bool `json:"dryRun,omitempty" doc:"Check the request and answer with its command line, change nothing."`
}

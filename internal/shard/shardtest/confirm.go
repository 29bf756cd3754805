package shardtest

import "sync"

// ConfirmLog is a Log whose leader must confirm its leadership before a read is
// answered, as the quorum's must.
type ConfirmLog struct {
	*Log
	mu    sync.Mutex
	calls int
	hold  bool
	held  []func(err error)
}

// NewConfirmLog returns a ConfirmLog that confirms at once.
func NewConfirmLog() *ConfirmLog { return &ConfirmLog{Log: NewLog()} }

// Confirm implements shard.Confirmer.
func (l *ConfirmLog) Confirm(_ int32, done func(err error)) {
	l.mu.Lock()
	l.calls++
	if l.hold {
		l.held = append(l.held, done)
		l.mu.Unlock()
		return
	}
	l.mu.Unlock()
	done(nil)
}

// HoldConfirms keeps confirmations unanswered until EndConfirms.
func (l *ConfirmLog) HoldConfirms() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hold = true
}

// EndConfirms ends every confirmation that is under way with err.
func (l *ConfirmLog) EndConfirms(err error) {
	l.mu.Lock()
	held := l.held
	l.held = nil
	l.mu.Unlock()
	for _, done := range held {
		done(err)
	}
}

// Confirms is how often Confirm was called.
func (l *ConfirmLog) Confirms() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.calls
}

package console

import "log/slog"

// Server is the console.
type Server struct {
	log *slog.Logger
}

//go:build !planted

package planted

// On tells whether this process has the bug: it has none.
func On(Bug) bool { return false }

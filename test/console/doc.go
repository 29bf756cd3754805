// Package console tests the web console of the built binary with a real browser:
// Debian's Chromium, driven by Playwright. The tests of the pages are in
// browser/*.test.mjs; what is here starts a broker for them, fills it, does what
// they ask for while they look (a flood of messages, a broker that stops and
// comes back), and reports each of their tests as one of its own. Those that mostly
// wait run side by side; those that measure run alone.
//
//	CONSOLE_SCREENSHOTS=dir go test ./test/console   keeps a picture of every page
//	CONSOLE_LONG=1 go test ./test/console            100,000 messages in 60 s instead of 20 s, frames by the clock
package console

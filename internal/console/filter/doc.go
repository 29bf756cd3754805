// Package filter is a small language that picks messages:
//
//	key == "my key"
//	value.user.id == 9007199254740993 && headers.trace startsWith "a"
//	partition in [1, 2] and timestamp >= "2026-11-23T10:00:00Z"
//	value.items[*].price > 9.99 or not has(value.error)
//	value matches "^a.*z$"        "some text anywhere"
//
// Fields are key, value, headers, partition, offset, timestamp and topic. Behind
// key, value and a header, a path goes into its JSON: .name, ["any name"], [0],
// and [*] for any element. Operators, the weakest first: || (or), && (and), !
// (not), then == != < <= > >= in contains startsWith endsWith matches. Functions:
// has(path), size(x), lower(x). A text alone is looked for in key, value and
// headers, whatever the case. Numbers are compared exactly, of whatever length;
// a text that is a number is equal to that number. A comparison with what is
// missing is false, but == null and != are true.
//
// A program takes time in proportion to its length and the message's size: there
// are no loops, calls or variables, expressions are matched by RE2, and nesting
// has a limit, in the language and in the JSON. Nothing can be reached from it
// but the message.
//
// A Program is not changed once compiled and may be used by many goroutines.
//
// It does not decode anything but JSON and UTF-8, and it never changes what it
// reads.
package filter

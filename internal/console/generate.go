package console

//go:generate go run ./gen

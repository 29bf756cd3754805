package console

// identity is who asks.
type identity struct {
	name     string
	session  string
	readOnly bool
}

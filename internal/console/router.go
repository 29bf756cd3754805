package console

import (
	"net/http"
	"strings"
)

// router finds the row of the table for a request. It walks the path as it was
// escaped, so that a name may hold a slash.
type router struct{ root *routeNode }

type routeNode struct {
	literal map[string]*routeNode
	name    string // of the variable below
	other   *routeNode
	rows    map[string]*route // by method
}

func newRouter(rows []route, lab bool) *router {
	rt := &router{root: &routeNode{}}
	for i := range rows {
		if rows[i].Lab && !lab {
			continue
		}
		n := rt.root
		for part := range strings.SplitSeq(strings.TrimPrefix(rows[i].Path, "/"), "/") {
			n = n.child(part)
		}
		if n.rows == nil {
			n.rows = map[string]*route{}
		}
		n.rows[rows[i].Method] = &rows[i]
	}
	return rt
}

func (n *routeNode) child(part string) *routeNode {
	if strings.HasPrefix(part, "{") {
		if n.other == nil {
			n.name, n.other = strings.Trim(part, "{}"), &routeNode{}
		}
		return n.other
	}
	if n.literal == nil {
		n.literal = map[string]*routeNode{}
	}
	if n.literal[part] == nil {
		n.literal[part] = &routeNode{}
	}
	return n.literal[part]
}

// match finds the row and the variables of a path below the API's root. known
// tells that the path exists with another method.
func (rt *router) match(method, escaped string) (row *route, vars map[string]string, known bool) {
	parts := strings.Split(strings.TrimPrefix(escaped, "/"), "/")
	const deepest = 12
	if len(parts) > deepest {
		return nil, nil, false
	}
	if method == http.MethodHead {
		method = http.MethodGet
	}
	vars = map[string]string{}
	if n := rt.root.find(parts, vars, func(n *routeNode) bool { return n.rows[method] != nil }); n != nil {
		return n.rows[method], vars, true
	}
	known = rt.root.find(parts, vars, func(n *routeNode) bool { return n.rows != nil }) != nil
	return nil, nil, known
}

// find prefers a literal part over a variable, and goes back where the literal
// does not lead to what fits: a topic may be called as a route is.
func (n *routeNode) find(parts []string, vars map[string]string, fits func(*routeNode) bool) *routeNode {
	if len(parts) == 0 {
		if !fits(n) {
			return nil
		}
		return n
	}
	if next := n.literal[parts[0]]; next != nil {
		if found := next.find(parts[1:], vars, fits); found != nil {
			return found
		}
	}
	if n.other == nil {
		return nil
	}
	value, ok := unescape(parts[0])
	if !ok {
		return nil
	}
	vars[n.name] = value
	return n.other.find(parts[1:], vars, fits)
}

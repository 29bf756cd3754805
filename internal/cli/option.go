package cli

// An option as joptsimple, the option parser of most Kafka tools, knows it.
type option struct {
	name     string
	desc     string
	argument argumentKind
	argName  string // what the help calls the argument, may be empty
	argType  string // Java's name of the type: String, Integer, Long, Double
	defaults string
	hidden   bool // accepted, not shown: a spelling of another version
	must     bool // the parser itself insists on it, and the help marks it
	onlyWith []*option
}

type argumentKind int

const (
	noArgument argumentKind = iota
	requiredArgument
	optionalArgument
)

// String is how Kafka's messages name an option: its spellings in brackets.
func (o *option) String() string { return "[" + o.name + "]" }

func (o *option) withRequired(argName string) *option {
	o.argument, o.argName, o.argType = requiredArgument, argName, "String"
	return o
}

func (o *option) withOptional(argName string) *option {
	o.argument, o.argName, o.argType = optionalArgument, argName, "String"
	return o
}

func (o *option) ofType(javaType string) *option { o.argType = javaType; return o }

func (o *option) defaultsTo(value string) *option { o.defaults = value; return o }

// mandatory makes a command line without the option an error of the parser.
func (o *option) mandatory() *option { o.must = true; return o }

// availableIf makes the option an error unless one of the others is given.
func (o *option) availableIf(others ...*option) *option { o.onlyWith = others; return o }

// optionParser holds the options of one tool.
type optionParser struct {
	options []*option
	byName  map[string]*option
	help    *option
	version *option
}

// newOptionParser starts with the two options that every tool has.
func newOptionParser() *optionParser {
	p := &optionParser{byName: map[string]*option{}}
	p.help = p.accepts("help", "Print usage information.")
	p.version = p.accepts("version", "Display Kafka version.")
	return p
}

func (p *optionParser) accepts(name, desc string) *option {
	o := &option{name: name, desc: desc}
	p.options = append(p.options, o)
	p.byName[name] = o
	return o
}

// acceptsOld adds a spelling that only other versions of the tool have.
func (p *optionParser) acceptsOld(name string) *option {
	o := p.accepts(name, "")
	o.hidden = true
	return o
}

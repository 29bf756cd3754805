package main

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"slices"
	"time"
)

// versus is `bench kafka`: brolga, Apache Kafka and the floor in turn.
func versus(args []string) error {
	o := &options{flags: flag.NewFlagSet("kafka", flag.ContinueOnError)}
	jars := o.flags.String("jars", "test/compat/java/target/broker", "the jars of Kafka's broker")
	others := clients{}
	o.flags.StringVar(&others.java.jars, "tools", "test/compat/java/target/tools", "the jars of Kafka's tools")
	logging := o.flags.String("logging", "test/compat/java/log4j2-broker.xml", "how Kafka logs")
	o.flags.StringVar(&others.java.logging, "tools-logging", "test/compat/java/log4j2-tools.xml", "how its tools log")
	o.flags.StringVar(&others.python, "python", "test/compat/python/venv/bin/python", "a Python with librdkafka's binding")
	warm := o.flags.Duration("warm", time.Minute, "how long each broker is warmed")
	quick := o.flags.Bool("quick", false, "each row once, after 15 s of warming")
	report := o.flags.String("report", "", "the table is also written here, and its plots beside it")
	if err := o.parse(args); err != nil {
		return err
	}
	if *quick {
		o.pairs, *warm = 1, min(*warm, 15*time.Second)
	}
	version, err := kafkaVersion(*jars)
	if err != nil {
		return err
	}
	floor, brolga, err := o.kinds()
	if err != nil {
		return err
	}
	s := sides{brolga: brolga, kafka: kafkaKind(*jars, *logging), floor: floor, dir: o.dir}
	t := &versusTable{version: version, begun: time.Now(), repeats: o.pairs, warm: *warm, report: *report}
	err = s.all(contests(others), o.flags.Args(), o.pairs, *warm, t)
	fmt.Print(t)
	return err
}

// all runs the contests that are wanted: those of one broker, of three, and cold.
func (s sides) all(all []contest, names []string, repeats int, warm time.Duration, t *versusTable) error {
	all = slices.DeleteFunc(all, func(c contest) bool { return !c.wanted(names) })
	for _, nodes := range []int{1, 3} {
		hot := slices.DeleteFunc(slices.Clone(all), func(c contest) bool { return c.cold != nil || c.nodes != nodes })
		if len(hot) == 0 {
			continue
		}
		st, err := s.raise(nodes, warm)
		if err != nil {
			return err
		}
		for _, c := range hot {
			if err := t.add(c, st, s, repeats); err != nil {
				return errors.Join(err, st.fall())
			}
		}
		if err := st.fall(); err != nil {
			return err
		}
	}
	for _, c := range all {
		if c.cold == nil {
			continue
		}
		if err := t.add(c, nil, s, repeats); err != nil {
			return err
		}
	}
	return nil
}

// add runs a contest, tells on standard error how far it is, and keeps the report up
// to here: all rows take most of an hour.
func (t *versusTable) add(c contest, st *stage, s sides, repeats int) error {
	if err := t.noise.look(); err != nil {
		return err
	}
	begin := time.Now()
	o := c.run(st, s, repeats)
	t.outcomes = append(t.outcomes, o)
	for i, r := range c.rows {
		b, _ := o.values(i, brolgasOf)
		k, _ := o.values(i, kafkasOf)
		f, _ := o.values(i, floorsOf)
		fmt.Fprintf(os.Stderr, "%-9s %-42s brolga %s, Kafka %s, floor %s %s\n", r.name, r.what, short(middle(b)), short(middle(k)), short(middle(f)), r.unit)
	}
	fmt.Fprintf(os.Stderr, "          %d repeats, %v\n", len(o.heats), time.Since(begin).Round(time.Second))
	return t.write()
}

// short is a number of three digits, as the table has it.
func short(f float64) string {
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		return "–"
	case math.Abs(f) >= 100:
		return fmt.Sprintf("%.0f", f)
	}
	return fmt.Sprintf("%.3g", f)
}

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/brolga-io/brolga/torture/schedule"
)

// What a round needs to say anything.
const (
	leastBit    = 0.95 // of the faults that happened
	leastOK     = 0.50 // of the records with acks=all
	leastVolume = 0.20 // of the records that were to be sent: faults take leaders away for seconds
)

// verdict is what is known after a round.
type verdict struct {
	Seed          uint64         `json:"seed"`
	Shape         string         `json:"shape"`
	Seconds       int            `json:"seconds"`
	Verdict       string         `json:"verdict"`
	Faults        map[string]int `json:"faults"` // that bit, by name
	Families      map[string]int `json:"families"`
	Missed        int            `json:"missed"`
	Blunt         []string       `json:"blunt,omitempty"` // faults that did not bite
	Sent          int64          `json:"sent"`
	Acked         int64          `json:"acked"`
	Polled        int            `json:"polled"`
	LeaderChanges int            `json:"leader_changes"`
	Healed        float64        `json:"healed_seconds"`
	Judged        map[string]int `json:"judged,omitempty"` // facts, by checker
	Idle          []string       `json:"idle,omitempty"`   // checkers that had nothing to judge
	Found         []string       `json:"found,omitempty"`
	Measured      []string       `json:"measured,omitempty"` // lost, which the envelope allows
	Why           string         `json:"why,omitempty"`      // inconclusive
	Trouble       []string       `json:"trouble,omitempty"`
}

// close decides, prints, appends the line to the results, and returns the exit code.
func (v *verdict) close(r *round) int {
	v.count(r)
	code := v.decide(r)
	v.Verdict = [...]string{"PASSED", "FAILED", "TROUBLE", "INCONCLUSIVE"}[code]
	for _, f := range v.Found {
		r.say("  %s", f)
	}
	for _, m := range v.Measured {
		r.say("  allowed: %s", m)
	}
	for _, t := range v.Trouble {
		r.say("  trouble: %s", t)
	}
	bit := 0
	for _, n := range v.Families {
		bit += n
	}
	r.say("%s seed %d, %v, %d s: %d faults bit, %d did not, %d found nobody; %d records sent, %d acknowledged, %d read; %d leader changes; whole after %.1f s; %s %s",
		v.Verdict, v.Seed, v.Shape, v.Seconds, bit, len(v.Blunt), v.Missed, v.Sent, v.Acked, v.Polled, v.LeaderChanges, v.Healed, v.judgedText(), v.Why)
	if err := v.append(r.results); err != nil {
		r.say("%v", err)
		return trouble
	}
	return code
}

// judgedText says how much the checkers had to judge, and which of them had nothing.
func (v *verdict) judgedText() string {
	if v.Judged == nil {
		return "nothing was judged"
	}
	facts := 0
	for _, n := range v.Judged {
		facts += n
	}
	text := fmt.Sprintf("%d facts judged", facts)
	if len(v.Idle) > 0 {
		text += ", none by " + strings.Join(v.Idle, ", ")
	}
	return text
}

func (v *verdict) count(r *round) {
	v.Faults, v.Families, v.Polled = map[string]int{}, map[string]int{}, len(r.h.Polls)
	if r.load != nil {
		v.Sent, v.Acked = r.load.Counts()
	}
	var events []schedule.Event
	if r.nemesis != nil {
		events = r.nemesis.Events()
	}
	for _, e := range events {
		switch {
		case e.Missed:
			v.Missed++
		case e.Bit:
			v.Faults[e.Name]++
			v.Families[e.Family]++
		default:
			v.Blunt = append(v.Blunt, e.Name+": "+e.Did)
		}
	}
}

func (v *verdict) decide(r *round) int {
	bit := 0
	for _, n := range v.Families {
		bit += n
	}
	var why []string
	if all := bit + len(v.Blunt); bit == 0 || float64(bit) < leastBit*float64(all) {
		why = append(why, fmt.Sprintf("%d of %d faults bit", bit, all))
	}
	if float64(v.Acked) < leastOK*float64(v.Sent) {
		why = append(why, fmt.Sprintf("%d of %d records were acknowledged", v.Acked, v.Sent))
	}
	if least := leastVolume * float64(r.rate*r.seconds); float64(v.Acked) < least {
		why = append(why, fmt.Sprintf("fewer than %.0f records were acknowledged", least))
	}
	if v.LeaderChanges < max(1, v.Seconds/60) {
		why = append(why, fmt.Sprintf("%d leader changes", v.LeaderChanges))
	}
	v.Why = strings.Join(why, ", ")
	switch {
	case len(v.Found) > 0:
		return failed
	case len(v.Trouble) > 0:
		return trouble
	case len(why) > 0:
		return inconclusive
	}
	return passed
}

// append adds the verdict to a file that many rounds write to.
func (v *verdict) append(name string) error {
	if name == "" {
		return nil
	}
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.Write(append(line, '\n')); err != nil {
		return err
	}
	return f.Close()
}

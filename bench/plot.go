package main

import (
	"errors"
	"fmt"
	"html"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A plot is a drawing of one group of rows, those whose names begin with the same
// letter: for each row a bar of each side, on a scale of doublings that begins below
// the group's shortest bar. All values are relative to brolga's, so that rows of
// different units stand side by side; the values themselves are written at the bars.
type plot struct {
	group byte
	rows  []plotRow
}

// plotRow has the median of each side, NaN where there is none.
type plotRow struct {
	against
	brolga, kafka, floor float64
}

// The measures of a plot, in pixels.
const (
	plotWidth  = 920
	plotLabels = 330 // where bars begin
	plotValues = 110 // room behind the longest bar
	barHeight  = 11
	rowHeight  = 3*barHeight + 14
	plotHead   = 34
)

// plots are the drawings of all groups that have a row with a figure of brolga's and
// of another side's.
func (t *versusTable) plots() (plots []plot) {
	for _, o := range t.outcomes {
		for i, r := range o.rows {
			b, _ := o.values(i, brolgasOf)
			k, _ := o.values(i, kafkasOf)
			f, _ := o.values(i, floorsOf)
			row := plotRow{r, middle(b), middle(k), middle(f)}
			if !drawable(row.brolga) || !drawable(row.kafka) && !drawable(row.floor) {
				continue
			}
			// Rows of three brokers come after those of one, so a group may be there already.
			at := slices.IndexFunc(plots, func(p plot) bool { return p.group == r.name[0] })
			if at < 0 {
				at, plots = len(plots), append(plots, plot{group: r.name[0]})
			}
			plots[at].rows = append(plots[at].rows, row)
		}
	}
	return plots
}

func drawable(value float64) bool { return value > 0 && !math.IsInf(value, 0) }

// SVG draws the plot for light and dark pages.
func (p plot) SVG() string {
	var b strings.Builder
	height := plotHead + len(p.rows)*rowHeight
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" role="img" aria-label="Rows %[3]c: brolga, Kafka and the floor; shorter is better">`+"\n", plotWidth, height, p.group)
	b.WriteString(`<style>text{font:12px system-ui,sans-serif;fill:#1b2330}.small{font-size:10px;fill:#5b6678}.brolga{fill:#1d6fd1}.kafka{fill:#9aa5b5}.floor{fill:#d7dde6}.goal{stroke:#c2410c;stroke-width:2}.grid{stroke:#e4e8ee}` +
		`@media(prefers-color-scheme:dark){text{fill:#e6ebf2}.small{fill:#9aa5b5}.brolga{fill:#62a8ff}.kafka{fill:#6b7686}.floor{fill:#3a4351}.goal{stroke:#fb923c}.grid{stroke:#2a313c}}</style>` + "\n")
	x := 0.0
	for _, side := range []string{"brolga", "kafka", "floor"} {
		fmt.Fprintf(&b, `<rect class="%s" x="%.0f" y="10" width="11" height="11"/><text x="%.0f" y="20">%[1]s</text>`+"\n", side, x, x+16)
		x += 80
	}
	fmt.Fprintf(&b, `<line class="goal" x1="%.0f" x2="%[1]f" y1="9" y2="22"/><text x="%.0f" y="20">goal: Kafka's bar ends behind it</text>`+"\n", x+4, x+12)
	fmt.Fprintf(&b, `<text class="small" x="%d" y="20">shorter is better; from line to line twice as much</text>`+"\n", plotLabels+170)
	least, doubling := p.scale()
	for x := plotLabels + doubling*-math.Mod(least, 1); x < plotWidth-plotValues/2; x += doubling {
		fmt.Fprintf(&b, `<line class="grid" x1="%.1f" x2="%[1]f" y1="%d" y2="%d"/>`+"\n", x, plotHead, height)
	}
	for i, r := range p.rows {
		r.draw(&b, float64(plotHead+i*rowHeight), least, doubling)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// scale returns where bars begin, in doublings of brolga's figure, and how many
// pixels a doubling has.
func (p plot) scale() (least, doubling float64) {
	most := 1.0
	for _, r := range p.rows {
		for _, v := range []float64{r.kafka / r.brolga, r.floor / r.brolga, r.times} {
			if drawable(v) {
				least, most = min(least, math.Log2(v)), max(most, math.Log2(v))
			}
		}
	}
	least--
	return least, (plotWidth - plotLabels - plotValues) / (most - least)
}

func (r plotRow) draw(b *strings.Builder, top, least, doubling float64) {
	fmt.Fprintf(b, `<text x="0" y="%.0f">%s</text><text class="small" x="0" y="%.0f">%s</text>`+"\n", top+14, r.name, top+28, html.EscapeString(r.what+", "+r.unit))
	at := func(ratio float64) float64 { return plotLabels + doubling*(math.Log2(ratio)-least) }
	for i, side := range []struct {
		name  string
		value float64
	}{{"brolga", r.brolga}, {"kafka", r.kafka}, {"floor", r.floor}} {
		if !drawable(side.value) {
			continue
		}
		y, end := top+4+float64(i*barHeight), at(side.value/r.brolga)
		fmt.Fprintf(b, `<rect class="%s" x="%d" y="%.0f" width="%.1f" height="%d"/><text class="small" x="%.1f" y="%.0f">%s</text>`+"\n",
			side.name, plotLabels, y, end-plotLabels, barHeight-1, end+4, y+9, short(side.value))
	}
	if r.times > 0 {
		x, y := at(r.times), top+4
		fmt.Fprintf(b, `<line class="goal" x1="%.1f" x2="%[1]f" y1="%.0f" y2="%.0f"/>`+"\n", x, y, y+2*barHeight)
	}
}

// write keeps the report, if one is wanted, and in a directory of its name beside it
// the plots.
func (t *versusTable) write() error {
	report := t.report
	if report == "" {
		return nil
	}
	dir := strings.TrimSuffix(report, filepath.Ext(report))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	text := t.String() + "\n"
	var errs []error
	for _, p := range t.plots() {
		name := filepath.Join(dir, string(p.group)+".svg")
		errs = append(errs, os.WriteFile(name, []byte(p.SVG()), 0o644))
		text += fmt.Sprintf("![Rows %c](%s)\n\n", p.group, filepath.Join(filepath.Base(dir), filepath.Base(name)))
	}
	return errors.Join(append(errs, os.WriteFile(report, []byte(text), 0o644))...)
}

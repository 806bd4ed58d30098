package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// progress shows how far long work came, on standard error: a bar on a terminal, and
// elsewhere a line at each tenth.
type progress struct {
	w        io.Writer
	terminal bool
	what     string
	total    int64
	percent  bool // the steps are percents, and say no more
	tenths   int64
	drawn    time.Time
}

const (
	barWidth  = 30
	drawEvery = 100 * time.Millisecond
)

// newProgress begins to show work of that many steps.
func (m *Main) newProgress(what string, total int64) *progress {
	return &progress{w: m.Stderr, terminal: isTerminal(m.Stderr), what: what, total: max(total, 1)}
}

// at shows that so many steps are done.
func (p *progress) at(done int64) {
	done = min(done, p.total)
	if !p.terminal {
		if tenths := done * 10 / p.total; tenths > p.tenths {
			p.tenths = tenths
			fmt.Fprintf(p.w, "%s: %d%%%s\n", p.what, tenths*10, p.counted(", ", done))
		}
		return
	}
	now := time.Now()
	if done < p.total && now.Sub(p.drawn) < drawEvery {
		return
	}
	p.drawn = now
	full := int(done * barWidth / p.total)
	fmt.Fprintf(p.w, "\r\x1b[K%s  %s%s  %3d%%%s", p.what, strings.Repeat("█", full), strings.Repeat("░", barWidth-full), done*100/p.total, p.counted("  ", done))
}

func (p *progress) counted(before string, done int64) string {
	if p.percent {
		return ""
	}
	return fmt.Sprintf("%s%d of %d", before, done, p.total)
}

// end clears the bar: what was done is said by what comes next.
func (p *progress) end() {
	if p.terminal {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

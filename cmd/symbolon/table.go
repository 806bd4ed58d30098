package main

import (
	"io"
	"os"
	"strings"
	"unicode"

	"golang.org/x/term"
	"golang.org/x/text/width"
)

// table says how records of a kind are shown in rows.
type table[T any] struct {
	of      string // what they are, in the plural
	columns []column[T]
}

// column is a heading and what stands under it.
type column[T any] struct {
	name string
	cell func(T) string
}

const (
	columnGap   = 2
	leastColumn = 5
	ellipsis    = "…"
)

// print aligns the rows, and cuts the longest cells where a terminal is too narrow.
func (t table[T]) print(w io.Writer, rows []T, headings bool) error {
	var grid [][]string
	if headings {
		var names []string
		for _, c := range t.columns {
			names = append(names, strings.ToUpper(c.name))
		}
		grid = append(grid, names)
	}
	for _, row := range rows {
		var cells []string
		for _, c := range t.columns {
			cells = append(cells, plain(c.cell(row)))
		}
		grid = append(grid, cells)
	}
	_, err := io.WriteString(w, layOut(grid, terminalWidth(w)))
	return err
}

// layOut gives the lines of a grid, no wider than limit, 0 for no limit.
func layOut(grid [][]string, limit int) string {
	widths := make([]int, len(grid[0]))
	for _, cells := range grid {
		for i, cell := range cells {
			widths[i] = max(widths[i], textWidth(cell))
		}
	}
	if limit > 0 {
		narrow(widths, limit-columnGap*(len(widths)-1))
	}
	var b strings.Builder
	for _, cells := range grid {
		var line strings.Builder
		for i, cell := range cells {
			line.WriteString(pad(cut(cell, widths[i]), widths[i]+columnGap))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

// narrow takes from the widest column until all fit, but leaves each something to show.
func narrow(widths []int, limit int) {
	for {
		total, widest := 0, 0
		for i, w := range widths {
			total += w
			if w > widths[widest] {
				widest = i
			}
		}
		if total <= limit || widths[widest] <= leastColumn {
			return
		}
		widths[widest]--
	}
}

// terminalWidth is 0 where the output is no terminal.
func terminalWidth(w io.Writer) int {
	if !isTerminal(w) {
		return 0
	}
	columns, _, err := term.GetSize(int(w.(*os.File).Fd()))
	if err != nil || columns <= 0 {
		return 80
	}
	return columns
}

// plain drops what would move the cursor or turn the direction of a terminal's text.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
}

// textWidth is how many columns of a terminal a text takes.
func textWidth(s string) (n int) {
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

func runeWidth(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

func pad(s string, columns int) string {
	return s + strings.Repeat(" ", max(0, columns-textWidth(s)))
}

// cut shortens a text to the columns, and shows that it did.
func cut(s string, columns int) string {
	if textWidth(s) <= columns {
		return s
	}
	used := textWidth(ellipsis)
	for i, r := range s {
		if used += runeWidth(r); used > columns {
			return s[:i] + ellipsis
		}
	}
	return s
}

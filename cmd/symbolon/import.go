package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
)

type importCommands struct {
	TrustedDevices importCommand `cmd:"" help:"Take in records of trusted devices, as devices that their users can claim."`
}

type importCommand struct {
	inApp  `embed:""`
	output `embed:""`
	File   string `arg:"" type:"path" help:"A file with a JSON array of records, or a record on each line."`
	DryRun bool   `help:"Check the file and say what would be done, and do nothing."`
	Skip   int    `placeholder:"N" help:"Leave out the first N records, to go on where an import ended."`
}

// A batch is within what the service takes in one call, by number and by size.
const (
	batchRecords = 500
	batchBytes   = 512 << 10
)

// maxComplaints is how many faults of a file are shown.
const maxComplaints = 20

// imported is what was done, or would be, with the records of a file.
type imported struct {
	Records  int  `json:"records"`
	Imported int  `json:"imported"`
	Existing int  `json:"existing"`
	DryRun   bool `json:"dryRun,omitempty"`
}

// Run reads the file, then lets the service try it, and only then takes it in: what is
// wrong with it is known before anything is done.
func (c *importCommand) Run(ctx context.Context, m *Main) error {
	total, err := c.check(ctx, m)
	if err != nil {
		return err
	}
	if c.Skip < 0 || c.Skip > total {
		return invalid("skip", "must be from 0 to %d, the number of records; got %d", total, c.Skip)
	}
	service, err := c.admin(ctx)
	if err != nil {
		return err
	}
	done, err := c.send(ctx, m.newProgress("checking", int64(total)), service.CheckImport)
	if err != nil {
		return fmt.Errorf("nothing was imported: %w", err)
	}
	if done.DryRun = c.DryRun; !c.DryRun {
		if done, err = c.send(ctx, m.newProgress("importing", int64(total)), service.ImportTrustedDevices); err != nil {
			return c.brokenOff(ctx, done, err)
		}
	}
	return c.one(m, done, func(w io.Writer) {
		did := "Imported"
		if c.DryRun {
			did = "Would import"
		}
		fmt.Fprintf(w, "%s %s; %d were there already.\n", did, count(done.Imported, "record"), done.Existing)
	})
}

// brokenOff says how to go on. A signal is a failure here: not all was done.
func (c *importCommand) brokenOff(ctx context.Context, done imported, err error) error {
	if ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	return fmt.Errorf("%w; %s of the file are in: give the same command again, with --skip %d to leave them out",
		err, count(c.Skip+done.Records, "record"), c.Skip+done.Records)
}

// check reads the whole file, and gives the number of its records. All that is wrong with
// it is told, up to a bound.
func (c *importCommand) check(ctx context.Context, m *Main) (total int, err error) {
	seen := map[symbolon.DeviceID]int{}
	wrong := 0
	err = c.read(ctx, func(r record, fault *recordError) error {
		total++
		if earlier := seen[r.value.DeviceID]; fault == nil && earlier > 0 {
			fault = &recordError{r.line, fmt.Sprintf("deviceId is that of the record on line %d too", earlier)}
		}
		if fault == nil {
			seen[r.value.DeviceID] = r.line
			return nil
		}
		if wrong++; wrong <= maxComplaints {
			fmt.Fprintf(m.Stderr, "%s: %s\n", c.File, plain(fault.Error()))
		}
		return nil
	})
	var broken *brokenFile
	switch {
	case errors.As(err, &broken):
		return total, usageError{fmt.Errorf("%s: %w", c.File, err)}
	case err != nil:
		return total, err
	case wrong > 0:
		return total, usageError{fmt.Errorf("%s: %s can't be imported; nothing was done", c.File, count(wrong, "record"))}
	case total == 0:
		return total, invalid("file", "must hold records; %s has none", c.File)
	}
	return total, nil
}

// read hands over each record of the file, or what is wrong with it.
func (c *importCommand) read(ctx context.Context, each func(record, *recordError) error) error {
	f, err := os.Open(c.File)
	if err != nil {
		return usageError{err}
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return invalid("file", "must be a regular file, since it is read more than once")
	}
	r := newRecordReader(f)
	for ctx.Err() == nil {
		found, err := r.next()
		var fault *recordError
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && !errors.As(err, &fault) {
			return err
		}
		if err := each(found, fault); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// send hands the file's records to the service batch by batch. The report is about those
// that it took.
func (c *importCommand) send(ctx context.Context, shown *progress, call func(context.Context, []symbolon.TrustedDevice) (symbolon.ImportReport, error)) (done imported, err error) {
	defer shown.end()
	b := &batch{}
	flush := func() error {
		if len(b.records) == 0 {
			return nil
		}
		report, err := call(ctx, b.records)
		if err != nil {
			return b.onItsLine(err)
		}
		done.Records += len(b.records)
		done.Imported += report.Imported
		done.Existing += report.Existing
		shown.at(int64(c.Skip + done.Records))
		*b = batch{}
		return nil
	}
	skipped := 0
	err = c.read(ctx, func(r record, fault *recordError) error {
		if fault != nil {
			return fmt.Errorf("the file changed while it was read: %w", fault)
		}
		if skipped < c.Skip {
			skipped++
			return nil
		}
		if err := b.add(r); err != nil || !b.full() {
			return err
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	return done, err
}

// batch is what goes to the service in one call.
type batch struct {
	records []symbolon.TrustedDevice
	lines   []int
	bytes   int
}

func (b *batch) add(r record) error {
	text, err := json.Marshal(r.value)
	b.records, b.lines, b.bytes = append(b.records, r.value), append(b.lines, r.line), b.bytes+len(text)
	return err
}

func (b *batch) full() bool { return len(b.records) == batchRecords || b.bytes >= batchBytes }

var inBatch = regexp.MustCompile(`items\[(\d+)\]`)

// onItsLine turns the place in a batch that the service names into a line of the file.
func (b *batch) onItsLine(err error) error {
	var said *symbolon.Error
	var answered *client.Error
	if !errors.As(err, &answered) || !errors.As(err, &said) {
		return err
	}
	found := inBatch.FindStringSubmatch(said.Field)
	if found == nil {
		return err
	}
	i, _ := strconv.Atoi(found[1]) // digits
	if i >= len(b.lines) {
		return err
	}
	text := inBatch.ReplaceAllString(said.Message, fmt.Sprintf("line %d", b.lines[i]))
	return &symbolon.Error{Code: said.Code, Field: said.Field, Message: text}
}

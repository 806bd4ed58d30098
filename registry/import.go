package registry

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/symbolon-id/symbolon"
)

// MaxImport is the most records that one import may hold.
const MaxImport = 500

// ImportTrustedDevices takes in flat records of an earlier system as unbound devices. A
// record whose id is there already for the same user counts as existing, so that a
// broken import can be repeated. One bad record refuses all, named by its place.
func (r *Registry) ImportTrustedDevices(ctx context.Context, c symbolon.Caller, app symbolon.AppID, records []symbolon.TrustedDevice) (symbolon.ImportReport, error) {
	return r.importAll(ctx, c, app, records, nil)
}

// CheckImport says what ImportTrustedDevices would do with the records, and does nothing.
func (r *Registry) CheckImport(ctx context.Context, c symbolon.Caller, app symbolon.AppID, records []symbolon.TrustedDevice) (symbolon.ImportReport, error) {
	report, err := r.importAll(ctx, c, app, records, errDryRun)
	if errors.Is(err, errDryRun) {
		return report, nil
	}
	return symbolon.ImportReport{}, err
}

// errDryRun rolls back what was only to be tried.
var errDryRun = errors.New("registry: a dry run changes nothing")

// importAll takes all records in, and ends the transaction with the given error.
func (r *Registry) importAll(ctx context.Context, c symbolon.Caller, app symbolon.AppID, records []symbolon.TrustedDevice, end error) (symbolon.ImportReport, error) {
	if _, err := r.open(ctx, c, app, opAddDevices); err != nil {
		return symbolon.ImportReport{}, err
	}
	if len(records) == 0 || len(records) > MaxImport {
		return symbolon.ImportReport{}, symbolon.InvalidField("items", "must have 1 to %d records", MaxImport)
	}
	var done symbolon.ImportReport
	err := r.within(ctx, app, func(tx symbolon.Store) error {
		done = symbolon.ImportReport{}
		for i, record := range records {
			isNew, err := r.importOne(ctx, writerFor(tx, c), app, record)
			if err != nil {
				return inRecord(i, err)
			}
			if isNew {
				done.Imported++
			} else {
				done.Existing++
			}
		}
		return end
	})
	return done, err
}

func inRecord(i int, err error) error {
	var own *symbolon.Error
	if !errors.As(err, &own) {
		return err
	}
	place := fmt.Sprintf("items[%d]", i)
	return &symbolon.Error{Code: own.Code, Field: strings.TrimSuffix(place+"."+own.Field, "."), Message: place + ": " + own.Message}
}

func (r *Registry) importOne(ctx context.Context, w writer, app symbolon.AppID, record symbolon.TrustedDevice) (bool, error) {
	d, err := record.Device(app, r.importedFingerprint(app, record.Fingerprint))
	if err != nil {
		return false, err
	}
	old, err := w.tx.GetDevice(ctx, app, d.ID)
	switch {
	case err == nil && old.UserID == d.UserID:
		return false, nil
	case err == nil:
		return false, symbolon.Errorf(symbolon.ErrConflict, "deviceId is another user's device")
	case !errors.Is(err, symbolon.ErrNotFound):
		return false, err
	}
	if d, err = w.tx.PutDevice(ctx, d); err != nil {
		return false, err
	}
	return true, w.tell(ctx, symbolon.EventDeviceImported, d, eventData{"deviceName": d.Name})
}

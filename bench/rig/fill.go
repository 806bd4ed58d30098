package rig

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// fillBatch is how many devices one transaction stores.
const fillBatch = 500

// Fill puts the app, its credential and the devices into an empty store, by the store's
// own methods, each device with the event of its registration, and seals the log.
// progress hears now and then how many are there.
func Fill(ctx context.Context, where sqlstore.Config, devices int, progress func(int)) (err error) {
	store, err := sqlstore.Open(ctx, where)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	now := symbolon.Micro(time.Now())
	if err := putApp(ctx, store, now); err != nil {
		return err
	}
	for first := 0; first < devices; first += fillBatch {
		batch := make([]Device, min(fillBatch, devices-first))
		each(len(batch), func(i int) { batch[i] = DeviceAt(first + i) })
		err := store.Tx(ctx, func(tx symbolon.Store) error {
			return putDevices(ctx, tx, batch, now)
		})
		if err != nil {
			return err
		}
		progress(first + len(batch))
	}
	if err := sealAll(ctx, store, now); err != nil {
		return err
	}
	return analyse(ctx, where)
}

// analyse lets PostgreSQL count what is there, as it does by itself within a minute.
func analyse(ctx context.Context, where sqlstore.Config) error {
	if where.URL == "" {
		return nil
	}
	conn, err := pgx.Connect(ctx, where.URL)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "VACUUM ANALYZE")
	return errors.Join(err, conn.Close(ctx))
}

func putApp(ctx context.Context, store symbolon.Store, now time.Time) error {
	if _, err := store.PutApp(ctx, symbolon.App{ID: App, Name: "Benchmark", Origins: []string{origin}, CreatedAt: now, UpdatedAt: now}); err != nil {
		return err
	}
	return store.PutCredential(ctx, symbolon.Credential{
		ID: symbolon.NewCredentialID(), AppID: App, Name: "benchmark", Scopes: symbolon.AllScopes,
		Hash: symbolon.HashCredential(Bearer), CreatedAt: now,
	})
}

func putDevices(ctx context.Context, tx symbolon.Store, batch []Device, now time.Time) error {
	for _, d := range batch {
		key, device := d.records(now)
		if _, err := tx.PutKey(ctx, key); err != nil {
			return err
		}
		device, err := tx.PutDevice(ctx, device)
		if err != nil {
			return err
		}
		data, err := json.Marshal(map[string]any{"status": device.Status, "keyId": device.KeyID, "deviceName": device.Name})
		if err != nil {
			return err
		}
		if _, err := tx.AppendEvent(ctx, symbolon.Event{
			AppID: App, Type: symbolon.EventDeviceRegistered, At: now, UserID: d.User, DeviceID: device.ID, Data: data,
			Actor: symbolon.Actor{Kind: symbolon.CallerUser, ID: string(d.User)},
		}); err != nil {
			return err
		}
	}
	return nil
}

func sealAll(ctx context.Context, store symbolon.Store, now time.Time) error {
	for {
		report, err := store.Seal(ctx, now, fillBatch)
		if err != nil || !report.More {
			return err
		}
	}
}

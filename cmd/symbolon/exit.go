package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
)

// What the process ends with.
const (
	exitOK = iota
	exitFailure
	exitUsage
	exitNotFound
	exitRefused
	exitUnavailable
)

// exitCodes are what the service's codes end the process with; the rest is a failure.
var exitCodes = map[symbolon.Code]int{
	symbolon.ErrInvalidRequest:     exitUsage,
	symbolon.ErrTooLarge:           exitUsage,
	symbolon.ErrNotFound:           exitNotFound,
	symbolon.ErrDeviceUnknown:      exitNotFound,
	symbolon.ErrUnauthenticated:    exitRefused,
	symbolon.ErrForbidden:          exitRefused,
	symbolon.ErrDeviceBlocked:      exitRefused,
	symbolon.ErrConflict:           exitRefused,
	symbolon.ErrPreconditionFailed: exitRefused,
	symbolon.ErrDeviceLimitReached: exitRefused,
	symbolon.ErrRateLimited:        exitUnavailable,
	symbolon.ErrUnavailable:        exitUnavailable,
}

// usageError is a mistake in what the program was told to do.
type usageError struct{ error }

func invalid(name, format string, args ...any) error {
	return usageError{fmt.Errorf("%s %s", name, fmt.Sprintf(format, args...))}
}

func exitCode(err error) int {
	var usage usageError
	var code symbolon.Code
	switch {
	case errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, context.DeadlineExceeded):
		return exitUnavailable
	case errors.As(err, &code) && exitCodes[code] != 0:
		return exitCodes[code]
	}
	return exitFailure
}

// inWords is an error in the service's own words, where it answered: with the field, the
// code and, where the fault is the service's, the request's name in its log.
func inWords(err error) string {
	var answered *client.Error
	var said *symbolon.Error
	if !errors.As(err, &answered) || answered.Status == 0 || !errors.As(err, &said) {
		return strings.TrimPrefix(err.Error(), "client: ")
	}
	text := said.Error()
	if said.Field != "" && !strings.Contains(text, said.Field) {
		text = said.Field + ": " + text
	}
	if answered.Status >= 500 && answered.RequestID != "" {
		return fmt.Sprintf("%s (%s, request %s)", text, said.Code, answered.RequestID)
	}
	return fmt.Sprintf("%s (%s)", text, said.Code)
}

package main

import (
	"io"
	"log/slog"
	"os"

	"github.com/mattn/go-isatty"
)

// logSettings say what is logged, on standard error.
type logSettings struct {
	LogLevel  slog.Level `default:"info" env:"SYMBOLON_LOG_LEVEL" placeholder:"LEVEL" help:"The least that is logged: debug, info, warn or error. Default: info."`
	LogFormat string     `default:"auto" enum:"auto,text,json" env:"SYMBOLON_LOG_FORMAT" placeholder:"FORMAT" help:"text, json, or auto: text on a terminal, json elsewhere. Default: auto."`
}

func (s logSettings) logger(w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: s.LogLevel}
	if s.LogFormat == "text" || s.LogFormat == "auto" && isTerminal(w) {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && (isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd()))
}

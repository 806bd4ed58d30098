package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
)

// configFlag is the one setting that the file itself can't give.
const configFlag = "config"

// configFile gives settings from a YAML file to flags that are set nowhere else.
type configFile struct{ values *koanf.Koanf }

// BeforeResolve reads the configuration file, once kong knows where it is.
func (s *settings) BeforeResolve(ctx *kong.Context) error {
	flags := ctx.Selected().Flags
	var names []string
	var path string
	for _, f := range flags {
		if f.Name == configFlag {
			path, _ = ctx.FlagValue(f).(string)
		} else {
			names = append(names, f.Name)
		}
	}
	if path == "" {
		return nil
	}
	file, err := readConfig(path, names)
	if err != nil {
		return err
	}
	ctx.AddResolver(file)
	return nil
}

// readConfig refuses a file with a setting that is not among the names.
func readConfig(path string, names []string) (*configFile, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	values := koanf.New(".")
	if err := values.Load(rawbytes.Provider(text), yaml.Parser()); err != nil {
		return nil, fmt.Errorf("config: %s: %w", path, err)
	}
	for _, key := range values.Keys() {
		if !slices.Contains(names, key) {
			slices.Sort(names)
			return nil, fmt.Errorf("config: %s: there is no setting %q; there are %s", path, key, strings.Join(names, ", "))
		}
	}
	return &configFile{values}, nil
}

// Validate implements kong.Resolver.
func (*configFile) Validate(*kong.Application) error { return nil }

// Resolve implements kong.Resolver. kong would put it before the environment.
func (c *configFile) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, ok := os.LookupEnv(name); ok {
			return nil, nil
		}
	}
	switch value := c.values.Get(flag.Name).(type) {
	case nil:
		return nil, nil
	case []any:
		if len(value) > 0 {
			if _, ok := value[0].(map[string]any); ok { // a setting that is JSON where it is a text
				text, err := json.Marshal(value)
				return string(text), err
			}
		}
		return strings.Join(c.values.Strings(flag.Name), ","), nil
	default:
		return fmt.Sprint(value), nil
	}
}

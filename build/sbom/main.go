// Sbom writes a CycloneDX bill of materials, as JSON, of programs that Go built: it reads from each which modules are in
// it, as `go version -m` does.
//
//	$ sbom -version v1.2.3 symbolon-linux-amd64 symbolon-darwin-arm64
//
// The same programs give the same document: its time is SOURCE_DATE_EPOCH, and its serial number comes from its content.
package main

import (
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

func main() {
	if err := run(os.Args[1:], os.Getenv("SOURCE_DATE_EPOCH"), os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "sbom: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string, epoch string, out io.Writer) error {
	flags := flag.NewFlagSet("sbom", flag.ContinueOnError)
	version := flags.String("version", "", "the version that the programs show")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *version == "" || flags.NArg() == 0 {
		return errors.New("usage: sbom -version VERSION PROGRAM [PROGRAM]")
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return errors.New("SOURCE_DATE_EPOCH must be the seconds since 1970 that the document is dated by")
	}
	programs, err := readAll(flags.Args())
	if err != nil {
		return err
	}
	doc, err := describe(*version, time.Unix(seconds, 0).UTC(), programs)
	if err != nil {
		return err
	}
	text := json.NewEncoder(out)
	text.SetIndent("", "  ")
	return text.Encode(doc)
}

// program is a built file, and what Go wrote into it.
type program struct {
	name   string
	sha256 string
	info   *buildinfo.BuildInfo
}

func readAll(paths []string) ([]program, error) {
	var all []program
	for _, path := range paths {
		info, err := buildinfo.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if len(all) > 0 && info.Main.Path != all[0].info.Main.Path {
			return nil, fmt.Errorf("%s is a program of %s, and %s one of %s: give those of one module", path, info.Main.Path, paths[0], all[0].info.Main.Path)
		}
		sum, err := hash(path)
		if err != nil {
			return nil, err
		}
		all = append(all, program{name: filepath.Base(path), sha256: sum, info: info})
	}
	return all, nil
}

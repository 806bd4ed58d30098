package sqlstore

import (
	"fmt"
	"strconv"
	"strings"
)

// separator stands between columns that come as one text. Nothing that is kept holds it,
// since control characters are refused.
const separator = "\x1f"

// packed is one column made of many, none of which may be NULL. The drivers spend more on
// each column than on its bytes: a device costs half as much to read so.
func packed(columns string) string {
	return "concat_ws('" + separator + "', " + columns + ")"
}

// unpacked reads a row's packed column into a destination for each of its parts.
func unpacked(row scan) scan {
	return func(dest ...any) error {
		var text string
		if err := row(&text); err != nil {
			return err
		}
		return unpack(text, dest...)
	}
}

// unpack reads each part into its destination. To a pointer, "" is NULL.
func unpack(text string, dest ...any) error {
	for i, to := range dest {
		var part string
		var more bool
		part, text, more = strings.Cut(text, separator)
		if last := i == len(dest)-1; more == last {
			return fmt.Errorf("sqlstore: a row does not have %d parts", len(dest))
		}
		if err := assign(to, part); err != nil {
			return err
		}
	}
	return nil
}

func assign(to any, text string) (err error) {
	switch to := to.(type) {
	case *string:
		*to = text
	case *int:
		*to, err = strconv.Atoi(text)
	case *int64:
		*to, err = strconv.ParseInt(text, 10, 64)
	case **int64:
		if text != "" {
			*to = new(int64)
			**to, err = strconv.ParseInt(text, 10, 64)
		}
	default:
		err = fmt.Errorf("sqlstore: a part of a row can't be read into %T", to)
	}
	return err
}

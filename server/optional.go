package server

import (
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// optional is a query parameter that may be absent, apart from its zero value.
type optional[T bool | int] struct {
	Received T
	value    *T
}

type (
	optionalBool = optional[bool]
	optionalInt  = optional[int]
)

// Schema implements huma.SchemaProvider.
func (optional[T]) Schema(huma.Registry) *huma.Schema {
	if _, ok := any(*new(T)).(bool); ok {
		return &huma.Schema{Type: huma.TypeBoolean}
	}
	return &huma.Schema{Type: huma.TypeInteger}
}

// Receiver implements huma.ParamWrapper.
func (o *optional[T]) Receiver() reflect.Value { return reflect.ValueOf(o).Elem().Field(0) }

// OnParamSet implements huma.ParamReactor.
func (o *optional[T]) OnParamSet(isSet bool, _ any) {
	if isSet {
		o.value = &o.Received
	}
}

// orNil is a time that may be absent.
func orNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

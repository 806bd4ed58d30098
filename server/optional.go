package server

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// optionalBool is a query parameter that may be true, false or absent.
type optionalBool struct {
	Received bool
	value    *bool
}

// Schema implements huma.SchemaProvider.
func (optionalBool) Schema(huma.Registry) *huma.Schema { return &huma.Schema{Type: huma.TypeBoolean} }

// Receiver implements huma.ParamWrapper.
func (o *optionalBool) Receiver() reflect.Value { return reflect.ValueOf(o).Elem().Field(0) }

// OnParamSet implements huma.ParamReactor.
func (o *optionalBool) OnParamSet(isSet bool, _ any) {
	if isSet {
		o.value = &o.Received
	}
}

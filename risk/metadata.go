package risk

import "strconv"

// Metadata returns the values of the record's metadata that its user sees,
// and only those that the client told: screenResolution ("2560x1440"),
// colorDepth, timezone and language; of an app appVersion, deviceModel,
// biometricEnabled and jailbroken. Never nil.
func (s Signals) Metadata() map[string]any {
	m := make(map[string]any, 8)
	if s.Screen.Width > 0 && s.Screen.Height > 0 {
		m["screenResolution"] = strconv.Itoa(s.Screen.Width) + "x" + strconv.Itoa(s.Screen.Height)
	}
	if s.ColorDepth > 0 {
		m["colorDepth"] = s.ColorDepth
	}
	for name, text := range map[string]string{
		"timezone":    s.TimeZone,
		"language":    s.language(),
		"appVersion":  s.AppVersion,
		"deviceModel": s.model(),
	} {
		if text != "" {
			m[name] = text
		}
	}
	if s.BiometricEnabled != nil {
		m["biometricEnabled"] = *s.BiometricEnabled
	}
	if s.Jailbroken != nil {
		m["jailbroken"] = *s.Jailbroken
	}
	return m
}

func (s Signals) language() string {
	if len(s.Languages) == 0 {
		return ""
	}
	return s.Languages[0]
}

// model is what the client calls the hardware: an app knows it itself, a
// browser has it from the client hints.
func (s Signals) model() string {
	if s.DeviceModel != "" {
		return s.DeviceModel
	}
	return s.ClientHints.Model
}

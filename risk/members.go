package risk

func (r *reader) signals(s *Signals) error {
	return r.object("signals", func(name string) error {
		switch name {
		case "clientHints":
			return r.clientHints(&s.ClientHints)
		case "timeZone":
			return r.string("signals.timeZone", &s.TimeZone)
		case "languages":
			return r.strings("signals.languages", &s.Languages, maxList)
		case "plugins":
			return r.strings("signals.plugins", &s.Plugins, maxList)
		case "automation":
			return r.automation(&s.Automation)
		case "privateMode":
			return r.optionalFlag("signals.privateMode", &s.PrivateMode)
		case "storagePersisted":
			return r.optionalFlag("signals.storagePersisted", &s.StoragePersisted)
		default:
			return r.hardwareSignal(name, s)
		}
	})
}

func (r *reader) hardwareSignal(name string, s *Signals) error {
	switch name {
	case "screen":
		return r.screen(&s.Screen)
	case "colorDepth":
		return r.integer("signals.colorDepth", &s.ColorDepth, 255)
	case "pixelRatio":
		return r.number("signals.pixelRatio", &s.PixelRatio, 100)
	case "cores":
		return r.integer("signals.cores", &s.Cores, 65535)
	case "deviceMemory":
		return r.number("signals.deviceMemory", &s.DeviceMemory, 65535)
	case "maxTouchPoints":
		return r.integer("signals.maxTouchPoints", &s.MaxTouchPoints, 65535)
	case "webgl":
		return r.webGL(&s.WebGL)
	default:
		return r.nativeSignal(name, s)
	}
}

func (r *reader) nativeSignal(name string, s *Signals) error {
	switch name {
	case "appName":
		return r.string("signals.appName", &s.AppName)
	case "appVersion":
		return r.string("signals.appVersion", &s.AppVersion)
	case "manufacturer":
		return r.string("signals.manufacturer", &s.Manufacturer)
	case "deviceModel":
		return r.string("signals.deviceModel", &s.DeviceModel)
	case "osName":
		return r.string("signals.osName", &s.OSName)
	case "osVersion":
		return r.string("signals.osVersion", &s.OSVersion)
	case "biometricEnabled":
		return r.optionalFlag("signals.biometricEnabled", &s.BiometricEnabled)
	case "jailbroken":
		return r.optionalFlag("signals.jailbroken", &s.Jailbroken)
	case "emulator":
		return r.optionalFlag("signals.emulator", &s.Emulator)
	default:
		return r.ignore("signals")
	}
}

func (r *reader) clientHints(h *ClientHints) error {
	return r.object("signals.clientHints", func(name string) error {
		switch name {
		case "brands":
			return r.brands("signals.clientHints.brands", &h.Brands)
		case "fullVersionList":
			return r.brands("signals.clientHints.fullVersionList", &h.FullVersionList)
		case "platform":
			return r.string("signals.clientHints.platform", &h.Platform)
		case "platformVersion":
			return r.string("signals.clientHints.platformVersion", &h.PlatformVersion)
		case "architecture":
			return r.string("signals.clientHints.architecture", &h.Architecture)
		case "bitness":
			return r.string("signals.clientHints.bitness", &h.Bitness)
		case "model":
			return r.string("signals.clientHints.model", &h.Model)
		case "mobile":
			return r.flag("signals.clientHints.mobile", &h.Mobile)
		case "wow64":
			return r.flag("signals.clientHints.wow64", &h.WoW64)
		default:
			return r.ignore("signals.clientHints")
		}
	})
}

func (r *reader) brands(member string, out *[]Brand) error {
	return r.array(member, maxBrands, func() error {
		var b Brand
		err := r.object(member, func(name string) error {
			switch name {
			case "brand":
				return r.string(member+".brand", &b.Name)
			case "version":
				return r.string(member+".version", &b.Version)
			default:
				return r.ignore(member)
			}
		})
		*out = append(*out, b)
		return err
	})
}

func (r *reader) screen(s *Screen) error {
	return r.object("signals.screen", func(name string) error {
		switch name {
		case "width":
			return r.integer("signals.screen.width", &s.Width, 65535)
		case "height":
			return r.integer("signals.screen.height", &s.Height, 65535)
		default:
			return r.ignore("signals.screen")
		}
	})
}

func (r *reader) webGL(w *WebGL) error {
	return r.object("signals.webgl", func(name string) error {
		switch name {
		case "vendor":
			return r.text("signals.webgl.vendor", &w.Vendor, maxGPU)
		case "renderer":
			return r.text("signals.webgl.renderer", &w.Renderer, maxGPU)
		default:
			return r.ignore("signals.webgl")
		}
	})
}

func (r *reader) automation(a *Automation) error {
	return r.object("signals.automation", func(name string) error {
		switch name {
		case "webdriver":
			return r.flag("signals.automation.webdriver", &a.WebDriver)
		case "headless":
			return r.flag("signals.automation.headless", &a.Headless)
		case "marks":
			return r.strings("signals.automation.marks", &a.Marks, maxMarks)
		default:
			return r.ignore("signals.automation")
		}
	})
}

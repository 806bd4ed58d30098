package risk_test

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // so that time zones are known on any machine

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/risk"
)

// row is a change to the usual request, and what becomes of one reason: its weight, 0
// where it does not appear, and what people read.
type row struct {
	what   string
	change func(*request)
	weight int
	detail string
}

func TestUsualLoginHasNoReasons(t *testing.T) {
	got := usual(t).assess()
	if got.Score != 0 || got.Level != symbolon.RiskLow || got.Reasons == nil || len(got.Reasons) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestReasonsOfTheDevice(t *testing.T) {
	checkReasons(t, map[string][]row{
		symbolon.RiskUnknownDevice: {
			{"no proof came", func(r *request) { r.unknown(seen(lisbon, day)) }, 100, "The request proves no key."},
			{"another key", func(r *request) {
				r.unknown()
				r.Proof = symbolon.ProofUnknownKey
			}, 100, "The user has no device with this key."},
			{"a forged proof", func(r *request) {
				r.unknown()
				r.Proof = symbolon.ProofInvalid
			}, 100, "The proof does not hold, so it shows no device."},
			{
				"where the user's others often are", func(r *request) { r.unknown(seen(newYork, day)) }, 67,
				"The request proves no key. The user's other devices are often on this network.",
			},
			{
				"the same browser there, after its data was cleared", func(r *request) {
					r.unknown(seen(newYork, day))
					r.OtherTraits = []string{traits(t, risk.Connection{UserAgent: iPad}, ``), r.Traits}
				}, 34,
				"The request proves no key. The user's other devices are often on this network. It looks like a device that the user has.",
			},
			{"a lookalike elsewhere", func(r *request) {
				r.unknown()
				r.OtherTraits = []string{r.Traits}
			}, 67, "The request proves no key. It looks like a device that the user has."},
			{"another machine with the same browser", func(r *request) {
				r.unknown()
				r.OtherTraits = []string{traits(t, laptop(), otherMachine.Replace(webSignals))}
			}, 100, ""},
			{"where one of them was a year ago", func(r *request) { r.unknown(seen(newYork, 365*day)) }, 100, ""},
			{"where one of them was for an hour", func(r *request) {
				visit := seen(newYork, day)
				visit.First = visit.Last.Add(-hour)
				r.unknown(visit)
			}, 100, ""},
			{"the device is known", nil, 0, ""},
		},
		symbolon.RiskNewDevice: {
			{"registered three hours ago", func(r *request) { r.Device.CreatedAt = now.Add(-3 * hour) }, 100, "Registered 3 hours ago."},
			{"just registered", func(r *request) { r.Device.CreatedAt = now }, 100, "Registered 1 minute ago."},
			{"registered a day ago", func(r *request) { r.Device.CreatedAt = now.Add(-day) }, 0, ""},
			{"a backend registered it long ago, and it never proved itself", func(r *request) { r.Device.ProvenAt = nil }, 100, "It shows its key for the first time."},
			{"it is the user's first", func(r *request) { r.Device.CreatedAt, r.Around.UserDevices = now.Add(-hour), 1 }, 50, "Registered 60 minutes ago. The user has no other device."},
			{"it is not known at all", func(r *request) { r.unknown() }, 0, ""},
		},
		symbolon.RiskDormantDevice: {
			{"not used for 90 days", func(r *request) { r.Device.LastUsedAt = new(now.Add(-90 * day)) }, 50, "Not used for 90 days."},
			{"not used for 89 days", func(r *request) { r.Device.LastUsedAt = new(now.Add(-90*day + time.Minute)) }, 0, ""},
			{"not used for two years", func(r *request) { r.Device.LastUsedAt = new(now.Add(-730 * day)) }, 100, "Not used for 730 days."},
		},
		symbolon.RiskSharedDevice: {
			{"a family of three", func(r *request) { r.Around.KeyUsers = 3 }, 0, ""},
			{"four users of one browser", func(r *request) { r.Around.KeyUsers = 4 }, 40, "4 users have this key."},
			{"ten users of one phone", func(r *request) { r.Around.HardwareUsers = 10 }, 100, "10 users have a device on this hardware."},
		},
		symbolon.RiskTooManyDevices: {
			{"fifteen devices", func(r *request) { r.Around.UserDevices = 15 }, 0, ""},
			{"sixteen devices", func(r *request) { r.Around.UserDevices = 16 }, 40, "The user has 16 active devices."},
			{"as many as are counted", func(r *request) { r.Around.UserDevices = symbolon.MaxAround }, 100, "The user has 50 active devices."},
		},
		symbolon.RiskResemblesBlocked: {
			{"the hardware of a blocked device", func(r *request) {
				r.ManufacturerID, r.Around.Blocked = "m1.a", []symbolon.BlockedDevice{{ManufacturerID: "m1.b"}, {ManufacturerID: "m1.a"}}
			}, 100, "The same hardware as a blocked device of the user."},
			{"the hardware that it was registered with", func(r *request) {
				r.Device.ManufacturerID, r.Around.Blocked = "m1.a", []symbolon.BlockedDevice{{ManufacturerID: "m1.a"}}
			}, 100, ""},
			{"other hardware", func(r *request) {
				r.ManufacturerID, r.Around.Blocked = "m1.a", []symbolon.BlockedDevice{{ManufacturerID: "m1.b"}}
			}, 0, ""},
			{"two devices that don't tell their hardware", func(r *request) { r.Around.Blocked = []symbolon.BlockedDevice{{}} }, 0, ""},
			{"a blocked browser, updated since", func(r *request) {
				conn, signals := updated()
				r.Around.Blocked = []symbolon.BlockedDevice{{Traits: traits(t, conn, signals)}}
			}, 80, "Looks like a blocked device of the user."},
			{"another machine with the same browser", func(r *request) {
				r.Around.Blocked = []symbolon.BlockedDevice{{Traits: traits(t, laptop(), otherMachine.Replace(webSignals))}}
			}, 0, ""},
			{"a browser of which only the User-Agent was known", func(r *request) {
				r.Around.Blocked = []symbolon.BlockedDevice{{Traits: traits(t, laptop(), ``)}}
			}, 0, ""},
		},
	})
}

// linuxChrome is also what Chrome on Android calls itself to get a desktop site.
const linuxChrome = "Mozilla/5.0 (X11; Linux x86_64) " + blink + "Chrome/121.0.0.0 Safari/537.36"

func TestReasonsOfLooks(t *testing.T) {
	windowsPC := laptop()
	windowsPC.UserAgent, windowsPC.Hints.Platform = windows+blink+"Chrome/121.0.0.0 Safari/537.36", `"Windows"`
	older := laptop()
	older.UserAgent, older.Hints.Brands = mac+blink+"Chrome/119.0.0.0 Safari/537.36", `"Google Chrome";v="119", "Chromium";v="119"`
	edge := laptop()
	edge.Hints.Brands = `"Microsoft Edge";v="100", "Chromium";v="100"`
	safari := risk.Connection{UserAgent: mac + "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Safari/605.1.15"}

	checkReasons(t, map[string][]row{
		symbolon.RiskFingerprintDrift: {
			{
				"another machine", func(r *request) { r.looks(t, laptop(), otherMachine.Replace(webSignals)) }, 88,
				"32% of what it looks like has changed: graphics processor, screen, pixel ratio, processor cores and memory.",
			},
			{"updates of everything and another screen", func(r *request) {
				conn, signals := updated()
				r.looks(t, conn, strings.NewReplacer("2560", "3840", "1440", "2160", `Ratio": 2`, `Ratio": 1`).Replace(signals))
			}, 0, ""},
			{"a device of which nothing was kept", func(r *request) {
				r.Device.Traits = ""
				r.looks(t, laptop(), otherMachine.Replace(webSignals))
			}, 0, ""},
		},
		symbolon.RiskOSChanged: {
			{"another system", func(r *request) { r.looks(t, windowsPC, ``) }, 100, "It ran macOS before, and Windows now."},
			{"another version of it", func(r *request) { r.looks(t, laptop(), strings.Replace(webSignals, "14.2.0", "15.0.0", 1)) }, 0, ""},
			{"an iPad that asks for the desktop site", func(r *request) {
				r.Device.OperatingSystem, r.Device.Traits = "iPadOS 17.3", traits(t, risk.Connection{UserAgent: iPad}, ``)
				r.looks(t, safari, ``)
			}, 0, ""},
			{"a phone that asked for the desktop site the last time", func(r *request) {
				phone := risk.Connection{UserAgent: chromeAndroid}
				r.looks(t, phone, ``)
				r.Device.OperatingSystem, r.Device.Traits = "Linux", risk.Learn(r.Traits, traits(t, risk.Connection{UserAgent: linuxChrome}, ``))
			}, 0, ""},
			{"an iPad's key on a Mac", func(r *request) {
				r.Device.OperatingSystem, r.Device.Traits = "iPadOS 17.3", traits(t, risk.Connection{UserAgent: iPad}, ``)
			}, 100, "It ran iPadOS before, and macOS now."},
			{"an iPad whose app was built for phones before", func(r *request) {
				r.Device.OperatingSystem, r.Device.Traits = "iOS 17.3", traits(t, risk.Connection{UserAgent: "MyApp/2.5.0 (iPhone; iOS 17.3)"}, ``)
				r.looks(t, risk.Connection{UserAgent: "MyApp/2.6.0 (iPad; iPadOS 17.3)"}, ``)
			}, 0, ""},
			{"nothing tells what it runs", func(r *request) { r.looks(t, risk.Connection{}, ``) }, 0, ""},
		},
		symbolon.RiskBrowserDowngraded: {
			{"two versions back", func(r *request) { r.looks(t, older, ``) }, 50, "Chrome 121 before, 119 now."},
			{"the same, less exactly told", func(r *request) { r.looks(t, laptop(), ``) }, 0, ""},
			{"another browser, of a lower number", func(r *request) { r.looks(t, edge, ``) }, 0, ""},
		},
		symbolon.RiskUserAgentMismatch: {
			{"the page says another system", func(r *request) { r.looks(t, windowsPC, webSignals) }, 100, "The connection shows Windows, the page says macOS."},
			{"graphics of another system", func(r *request) {
				r.looks(t, laptop(), `{"webgl": {"renderer": "ANGLE (NVIDIA, GeForce RTX 3060 Direct3D11 vs_5_0 ps_5_0, D3D11)"}}`)
			}, 100, "The connection shows macOS, which has no Direct3D graphics."},
			{"Safari with the brands of Chrome", func(r *request) { r.looks(t, safari, webSignals) }, 60, "The connection shows Safari, the page says Chrome."},
			{"another version", func(r *request) { r.looks(t, older, webSignals) }, 50, "The connection shows Chrome 119, the page says 121."},
			{"Brave, which passes for Chrome", func(r *request) {
				r.looks(t, risk.Connection{UserAgent: chromeMac}, `{"clientHints": {"platform": "macOS", "brands": [{"brand": "Brave", "version": "136"}]}}`)
			}, 0, ""},
			{"an Android that asks for the desktop site", func(r *request) {
				r.looks(t, risk.Connection{UserAgent: linuxChrome}, `{"clientHints": {"platform": "Android"}}`)
			}, 0, ""},
			{"a television, which hints what it is built on", func(r *request) {
				r.looks(t, risk.Connection{UserAgent: "Mozilla/5.0 (Web0S; Linux/SmartTV) " + blink + "Chrome/108.0.5359.211 Safari/537.36"}, `{"clientHints": {"platform": "Linux"}}`)
			}, 0, ""},
			{"an app that says another system", func(r *request) {
				r.looks(t, risk.Connection{UserAgent: "MyApp/2.5.0 (iPhone; iOS 17.3)"}, `{"osName": "Android"}`)
			}, 100, "The connection shows iOS, the app says Android."},
			{"an iPad that runs a phone's app", func(r *request) {
				r.looks(t, risk.Connection{UserAgent: "MyApp/2.5.0 (iPhone; iOS 17.3)"}, `{"osName": "iPadOS"}`)
			}, 0, ""},
		},
	})
}

func TestReasonsOfSurroundings(t *testing.T) {
	app := risk.Connection{UserAgent: "MyApp/2.5.0 (Android 14; Pixel 8)"}
	native := func(signals string) func(*request) {
		return func(r *request) {
			r.policy.AppVersions = map[symbolon.Platform]string{symbolon.PlatformAndroid: "2.10"}
			r.looks(t, app, signals)
		}
	}
	checkReasons(t, map[string][]row{
		symbolon.RiskAutomation: {
			{"WebDriver", func(r *request) { r.Signals.Automation.WebDriver = true }, 100, "The browser is driven by WebDriver."},
			{"no window", func(r *request) { r.Signals.Automation.Headless = true }, 100, "The browser runs without a window."},
			{"a crawler", func(r *request) {
				r.looks(t, risk.Connection{UserAgent: "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"}, ``)
			}, 100, "The client calls itself a program, or a browser without a window."},
			{"one mark", func(r *request) { r.Signals.Automation.Marks = []string{"no plugins"} }, 50, "Marks of automation: no plugins."},
			{"two marks", func(r *request) { r.Signals.Automation.Marks = []string{"no plugins", "no languages"} }, 100, "Marks of automation: no plugins and no languages."},
			{"marks were looked for, and none found", func(r *request) { r.Signals.Automation.Marks = []string{} }, 0, ""},
		},
		symbolon.RiskPrivateBrowsing: {
			{"a guess", func(r *request) { r.Signals.PrivateMode, r.Signals.StoragePersisted = new(true), new(false) }, 100, "Probably a private window."},
			{"a guess that lasting storage disproves", func(r *request) { r.Signals.PrivateMode, r.Signals.StoragePersisted = new(true), new(true) }, 0, ""},
		},
		symbolon.RiskRooted: {
			{"rooted", native(`{"jailbroken": true}`), 100, "The system's protection was taken off (rooted or jailbroken)."},
			{"not rooted", native(`{"jailbroken": false}`), 0, ""},
		},
		symbolon.RiskEmulator: {
			{"as the app says", native(`{"emulator": true}`), 100, "The app runs in an emulator."},
			{"by its model", native(`{"deviceModel": "sdk_gphone64_arm64"}`), 100, "The device is a sdk_gphone64_arm64."},
			{"a phone", native(`{"emulator": false, "deviceModel": "Pixel 8"}`), 0, ""},
		},
		symbolon.RiskAppOutdated: {
			{"an old version", native(`{"appVersion": "2.9.4"}`), 100, "Version 2.9.4 of the app; the policy asks for 2.10 or later."},
			{"the oldest that will do", native(`{"appVersion": "2.10.0"}`), 0, ""},
			{"no version", native(`{"appVersion": "dev"}`), 0, ""},
			{"a version where the policy asks for none", func(r *request) { r.looks(t, app, `{"appVersion": "0.1"}`) }, 0, ""},
		},
		symbolon.RiskAttestationFailed: {
			{"it failed", func(r *request) { r.AttestationFailed = true }, 100, "The device's attestation did not hold."},
			{"there was none", func(r *request) { r.Device.KeyStorage = symbolon.StorageSoftware }, 0, ""},
		},
	})
}

func TestReasonsOfRates(t *testing.T) {
	checkReasons(t, map[string][]row{
		symbolon.RiskProofFailures: {
			{"four failures", func(r *request) { r.Failures = 4 }, 0, ""},
			{"five failures", func(r *request) { r.Failures = 5 }, 40, "5 proofs in this key's name did not verify lately; anyone can cause that."},
			{"a thousand", func(r *request) { r.Failures = 1000 }, 100, "1,000 proofs in this key's name did not verify lately; anyone can cause that."},
		},
		symbolon.RiskChallengeReplayed: {
			{"none", func(r *request) { r.Replays = 0 }, 0, ""},
			{"one", func(r *request) { r.Replays = 1 }, 40, "Used challenges came again in this key's name, 1 time lately; anyone can cause that."},
		},
		symbolon.RiskVelocityUser: {
			{"29 proofs", func(r *request) { r.UserRate = 29 }, 0, ""},
			{"30 proofs", func(r *request) { r.UserRate = 30 }, 40, "30 proofs of this user in ten minutes."},
		},
		symbolon.RiskVelocityDevice: {
			{"29 proofs", func(r *request) { r.DeviceRate = 29 }, 0, ""},
			{"90 proofs", func(r *request) { r.DeviceRate = 90 }, 100, "90 proofs of this device in ten minutes."},
		},
		symbolon.RiskVelocityIP: {
			{"an office", func(r *request) { r.AddressRate = 119 }, 0, ""},
			{"more than an office", func(r *request) { r.AddressRate = 360 }, 70, "360 requests of this address in ten minutes."},
		},
	})
}

func checkReasons(t *testing.T, codes map[string][]row) {
	t.Helper()
	for code, rows := range codes {
		for _, row := range rows {
			r := usual(t)
			if row.change != nil {
				row.change(r)
			}
			got := r.reason(code)
			if got.Weight != row.weight || row.detail != "" && got.Detail != row.detail {
				t.Errorf("%s, %s:\n got %d%% %q\nwant %d%% %q", code, row.what, got.Weight, got.Detail, row.weight, row.detail)
			}
		}
	}
}

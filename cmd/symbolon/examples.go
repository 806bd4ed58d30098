package main

import "strings"

// examples stand in the help of each command, by its path. Each line is one that works.
var examples = map[string]string{
	"serve": `
symbolon serve --listen 127.0.0.1:8080 --data ./data
symbolon serve --config /etc/symbolon/symbolon.yaml
symbolon serve --database postgres://symbolon@db/symbolon --public-url https://devices.example.com --trusted-proxies 10.0.0.0/8`,
	"demo": `
symbolon demo --open`,
	"doctor": `
symbolon doctor --config /etc/symbolon/symbolon.yaml
symbolon doctor --data ./data --json`,
	"backup": `
symbolon backup /var/backups/symbolon-monday --data /var/lib/symbolon
symbolon backup /var/backups/symbolon-latest --data /var/lib/symbolon --replace
symbolon backup ./copy --without-key`,
	"restore": `
symbolon restore /var/backups/symbolon-monday --data /var/lib/symbolon --yes`,
	"secret rotate": `
symbolon secret rotate --data /var/lib/symbolon`,

	"app create": `
symbolon app create "Acme" --id acme --origin http://localhost:3000
symbolon app create "Acme" --json --url https://devices.example.com --key sk_…`,
	"app list": `
symbolon app list`,
	"app show": `
symbolon app show --app acme`,
	"app remove": `
symbolon app remove acme --yes`,
	"admin link": `
symbolon admin link --data /var/lib/symbolon`,
	"admin create": `
symbolon admin create mia@example.com --role admin
symbolon admin create jo --name "Jo, support" --role operator --app acme`,
	"admin list": `
symbolon admin list`,
	"admin invite": `
symbolon admin invite jo`,
	"admin disable": `
symbolon admin disable jo`,
	"admin enable": `
symbolon admin enable jo`,
	"admin remove": `
symbolon admin remove jo --yes`,
	"credential create": `
symbolon credential create "the sign-in service" --app acme --scope decisions --scope tickets
symbolon credential create "Jo, support" --app acme --role operator --ttl P90D
symbolon credential create "deployment" --all-apps --role admin`,
	"credential list": `
symbolon credential list --app acme
symbolon credential list --all-apps --json`,
	"credential revoke": `
symbolon credential revoke cred_3k7m2q9xw4ztyb6d --app acme`,
	"issuer add": `
symbolon issuer add https://id.example.com/realms/main --audience acme-web --factor amr=otp,hwk --app acme
symbolon issuer add https://id.example.com --audience acme-web --user-claim email --require email_verified=true --require tenant
symbolon issuer add https://id.example.com --audience acme-api --introspection-client symbolon --introspection-secret-file secret.txt`,
	"issuer set": `
symbolon issuer set https://id.example.com/realms/main --audience acme-web --audience acme-api --app acme
symbolon issuer set https://id.example.com --introspection-secret-file secret.txt
symbolon issuer set https://id.example.com --clear require,introspection`,
	"issuer list": `
symbolon issuer list --app acme`,
	"issuer remove": `
symbolon issuer remove https://id.example.com/realms/main --app acme`,
	"issuer check": `
symbolon issuer check - --app acme < token.txt`,
	"policy show": `
symbolon policy show --app acme
symbolon policy show --app acme --json > policy.json
symbolon policy show --app acme --effective --json
symbolon policy show --app acme --version 3 > policy-3.json`,
	"policy set": `
symbolon policy set policy.json --app acme --version 3
symbolon policy set - --app acme < policy.json`,
	"policy diff": `
symbolon policy diff policy.json --app acme
symbolon policy diff policy.json --app acme --exit-code
symbolon policy diff --from 3 --to 5 --app acme`,
	"policy versions": `
symbolon policy versions --app acme -n 50`,
	"policy rules": `
symbolon policy rules --app acme`,
	"policy simulate": `
symbolon policy simulate policy.json --app acme --days 30`,

	"device list": `
symbolon device list --user alice
symbolon device list --status blocked --sort created -n 20
symbolon device list --trusted --type mobile --json`,
	"device show": `
symbolon device show 0197a3c2-7d1e-7c61-b0a9-3f5f0c8e2a11`,
	"device events": `
symbolon device events 0197a3c2-7d1e-7c61-b0a9-3f5f0c8e2a11 -n 0`,
	"device block": `
symbolon device block 0197a3c2-7d1e-7c61-b0a9-3f5f0c8e2a11 --reason "reported stolen, ticket 4711"
symbolon device block dev_550e8400 --reason "being looked at" --for P7D
symbolon device block dev_550e8400 --reason "sold with its key" --all-users`,
	"device unblock": `
symbolon device unblock dev_550e8400`,
	"device trust": `
symbolon device trust dev_550e8400 --for P30D --factor otp`,
	"device distrust": `
symbolon device distrust dev_550e8400 --reason "sold"`,
	"device approve": `
symbolon device approve dev_550e8400`,
	"device remove": `
symbolon device remove dev_550e8400 --yes`,

	"user devices": `
symbolon user devices alice
symbolon user devices alice --trusted --json`,
	"user export": `
symbolon user export alice > alice.json`,
	"user erase": `
symbolon user erase alice --yes`,
	"user revoke": `
symbolon user revoke alice password_changed`,
	"user reactivate": `
symbolon user reactivate alice`,
	"user lift-tombstones": `
symbolon user lift-tombstones alice`,
	"incident begin": `
symbolon incident begin distrust --reason "phishing page, ticket 4711" --trusted-from 2027-01-30T08:00:00Z --trusted-to 2027-01-31T20:00:00Z --dry-run
symbolon incident begin block --reason "keys leaked by app 2.1.0" --app-version 2.1.0 --platform android
symbolon incident begin block --reason "bot network" --network AS64500 --network 203.0.113.0/24 --yes --detach`,
	"incident list": `
symbolon incident list --app acme`,
	"incident show": `
symbolon incident show inc_0197a3c2-7d1e-7c61-b0a9-3f5f0c8e2a11`,
	"incident undo": `
symbolon incident undo inc_0197a3c2-7d1e-7c61-b0a9-3f5f0c8e2a11 --reason "the leak was another app's"`,
	"events tail": `
symbolon events tail -n 50
symbolon events tail --follow --json
symbolon events tail --after 0 --json > log.jsonl`,
	"import trusted-devices": `
symbolon import trusted-devices devices.json --dry-run
symbolon import trusted-devices devices.jsonl --skip 12500`,
	"audit verify": `
symbolon audit verify
symbolon audit verify --backup /var/backups/symbolon-monday`,

	"openapi": `
symbolon openapi > openapi.yaml`,
	"completion": `
source <(symbolon completion bash)
symbolon completion zsh > "${fpath[1]}/_symbolon"
symbolon completion fish > ~/.config/fish/completions/symbolon.fish`,
	"version": `
symbolon version`,
}

// withExamples adds examples to what a command's help says.
func withExamples(help, lines string) string {
	if lines == "" {
		return help
	}
	text := "Examples:\n\n    " + strings.ReplaceAll(strings.TrimSpace(lines), "\n", "\n    ")
	return strings.TrimSpace(help + "\n\n" + text)
}

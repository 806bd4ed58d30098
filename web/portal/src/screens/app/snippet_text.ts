export const kinds = ['web', 'backend', 'proxy'] as const;

export interface Filled {
  app: string;
  /** Where the service is reached. */
  service: string;
  /** Where the app's pages are. */
  origin: string;
}

interface Snippet {
  name: string;
  code: string;
}

/** Ready to be pasted; the key comes from the environment, as it has no place in code. */
export function snippetsFor(kind: (typeof kinds)[number], filled: Filled): Snippet[] {
  return { web, backend, proxy }[kind](filled);
}

const web = ({ app, service, origin }: Filled): Snippet[] => [
  {
    name: 'npm: @symbolon/web',
    code: `import { createSymbolon } from '@symbolon/web';

const symbolon = createSymbolon({ baseUrl: '${service}', app: '${app}' });

// On a page of ${origin}: send proof and signals to your backend along with the password.
const { proof, signals } = await symbolon.prove({ action: 'login' });

// Signed in: your backend took a ticket, which makes this browser one of the user's devices.
const device = await symbolon.register({ assertion: ticket });`,
  },
  {
    name: '<script>',
    code: `<script src="/symbolon.global.js"></script><!-- from the package's dist, served by you -->
<script type="module">
  const symbolon = Symbolon.createSymbolon({ baseUrl: '${service}', app: '${app}' });
  const { proof, signals } = await symbolon.prove({ action: 'login' });
</script>`,
  },
];

const backend = ({ app, service }: Filled): Snippet[] => [
  {
    name: 'curl',
    code: `curl ${service}/v1/apps/${app}/decisions \\
  -H "Authorization: Bearer $SYMBOLON_KEY" -H 'Content-Type: application/json' \\
  -d '{"userId": "anna", "proof": "'"$PROOF"'", "action": "login"}'`,
  },
  {
    name: 'Go',
    code: `c, err := client.New(client.Config{BaseURL: "${service}", App: "${app}", Key: os.Getenv("SYMBOLON_KEY")})
if err != nil {
	return err
}
decision, err := c.Decide(ctx, symbolon.DecisionRequest{UserID: user, Proof: proof, Signals: signals, Action: "login"})
if err != nil {
	return err // nobody could tell: ask for the second factor
}
if decision.SecondFactor == symbolon.FactorRequire {
	// ask for the code; afterwards c.IssueTicket lets the browser register
}`,
  },
  {
    name: 'Node',
    code: `const answer = await fetch('${service}/v1/apps/${app}/decisions', {
  method: 'POST',
  headers: { Authorization: \`Bearer \${process.env.SYMBOLON_KEY}\`, 'Content-Type': 'application/json' },
  body: JSON.stringify({ userId, proof: proof ?? undefined, signals, action: 'login' }),
});
if (!answer.ok) throw new Error(\`no decision: \${answer.status}\`); // nobody could tell: ask for the second factor
const { recommendation, secondFactor } = await answer.json();`,
  },
];

const proxy = ({ app, service }: Filled): Snippet[] => [
  {
    name: 'nginx (docs/proxies/nginx.conf)',
    code: `upstream symbolon { server ${new URL(service).host}; }

location = /symbolon {
    internal;
    proxy_pass http://symbolon/forward-auth?app=${app}&require=$symbolon_require&redirect=401;
    …
}`,
  },
  {
    name: 'Caddy (docs/proxies/Caddyfile)',
    code: `reverse_proxy {
	to ${new URL(service).host}
	method GET
	rewrite /forward-auth?app=${app}&require=known
	…
}`,
  },
];

import { Anchor, Group, SimpleGrid, Stack, Text as Words, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { type Schemas, api, ask } from '../../api/client';
import { to } from '../../parts/address';
import { Facts } from '../../parts/facts';
import { Failure } from '../../parts/failure';
import { Rows } from '../../parts/states';
import { Ago } from '../../parts/time';
import { useLanguage, useText } from '../../text';
import { Health } from './health';
import { Keys } from './keys';
import { Places } from './places';

type Status = Schemas['ServiceStatus'];

const every = 15_000; // milliseconds

/** How the service is set up, and how it fares. It is set by its command line and its environment, not here. */
export default function Settings() {
  const { settings: text } = useText();
  const status = useQuery({ queryKey: ['status'], queryFn: () => ask(api.GET('/v1/status')), refetchInterval: every });
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <Title order={1} size="h2">{text.title}</Title>
        {status.data && <Words size="sm" c="dimmed">{text.looked} <Ago at={status.data.at} /></Words>}
      </Group>
      {status.error && <Failure error={status.error} retry={() => void status.refetch()} />}
      {status.isPending && <Rows count={3} height={160} />}
      {status.data && <Shown status={status.data} />}
    </Stack>
  );
}

function Shown({ status }: { status: Status }) {
  const { settings: text } = useText();
  const { language } = useLanguage();
  const { database, adminSignIn: { passkeys, oidc } } = status;
  const size = database.size && new Intl.NumberFormat(language, { style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 }).format(database.size / 1e6);
  return (
    <>
      <Health checks={status.checks} />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Facts title={text.service} facts={[[text.version, status.version], ['Go', status.go], [text.started, <Ago at={status.startedAt} />], [text.publicUrl, status.publicUrl]]} />
        <Facts
          title={text.database}
          facts={[[text.kind, database.kind], [text.version, database.version], [text.schema, database.schema], [text.size, size], [text.state, database.detail]]}
        />
        <Facts
          title={text.signIn}
          facts={[
            [text.passkeys, passkeys ? text.possible : text.impossible], ['OIDC', oidc ? oidc.issuer : text.notSet], [text.button, oidc?.label], [text.clientId, oidc?.clientId],
            [text.admins, <Anchor component={Link} href={to.admins} fz="inherit">{text.toAdmins}</Anchor>],
          ]}
        />
        <Facts title={text.issuers} empty={text.noIssuers} facts={status.issuers.map(({ appId, count }) => [appId, <Anchor component={Link} href={to.app(appId)} fz="inherit">{text.issuersOf(count)}</Anchor>])} />
      </SimpleGrid>
      <Places files={status.places} />
      <Keys keys={status.signingKeys} />
    </>
  );
}

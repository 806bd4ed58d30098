import { Alert, Button, Center, Group, Image, Paper, Stack, Text as Words, Title } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { ApiError, type SignedIn } from '../api/client';
import icon from '../icon.svg';
import { Failure } from '../parts/failure';
import { Shut } from '../parts/dialogue';
import { Rows } from '../parts/states';
import { useText } from '../text';
import { type OwnDevice, useOwnDevice } from './own';

interface Gate {
  who: SignedIn;
  signOut(): void;
  children: ReactNode;
}

/** Lets in who shows the device that is demanded. What was open stays as it is behind a later demand, so that nothing typed is lost. */
export function DeviceGate({ who, signOut, children }: Gate) {
  const own = useOwnDevice(who);
  const refused = own.error && 'code' in own.error && own.error.code === 'device_blocked';
  const shut = refused || !!who.deviceRequired;
  const [opened, open] = useState(!shut);
  if (!opened && !shut) {
    open(true);
  }
  return (
    <>
      {opened && <Shut value={shut}><div hidden={shut} inert={shut}>{children}</div></Shut>}
      {shut && <Demand wanted={who.deviceRequired} own={own.data} error={own.error} look={() => void own.refetch()} looking={own.isFetching} signOut={signOut} />}
    </>
  );
}

interface Demanded {
  wanted: 'known' | 'trusted' | undefined;
  own: OwnDevice | undefined;
  error: Error | null;
  look(): void;
  looking: boolean;
  signOut(): void;
}

function Demand({ wanted, own, error, look, looking, signOut }: Demanded) {
  const { ownDevice: text, session } = useText();
  return (
    <Center component="main" mih="90vh" p="md">
      <Paper withBorder shadow="sm" p="xl" w="100%" maw={480}>
        <Image src={icon} alt="" w={40} h={40} mb="md" />
        <Title order={1} size="h2" mb="md">{text.title}</Title>
        <Stack>
          {wanted && <Words>{text.wanted[wanted]}</Words>}
          {!own && !error && <Rows count={1} />}
          <div role="status">{own?.device && <Words>{told(text, wanted, own.device)}</Words>}</div>
          {error && <Refused error={error} />}
          <Group>
            <Button loading={looking} onClick={look}>{text.again}</Button>
            <Button variant="default" onClick={signOut}>{session.signOut}</Button>
          </Group>
        </Stack>
      </Paper>
    </Center>
  );
}

/** The web SDK's own errors are in English. */
function Refused({ error }: { error: Error }) {
  const { ownDevice: text } = useText();
  if ('code' in error && error.code === 'device_blocked') {
    return <Alert color="red" role="alert">{text.blocked}</Alert>;
  }
  return error instanceof ApiError ? <Failure error={error} /> : <Alert color="red" role="alert" lang="en">{error.message}</Alert>;
}

/** What this browser still lacks, in words. */
function told(text: ReturnType<typeof useText>['ownDevice'], wanted: Demanded['wanted'], { status, deviceName }: NonNullable<OwnDevice['device']>): string {
  if (status === 'pending') {
    return text.pending(deviceName);
  }
  return wanted === 'trusted' ? text.untrusted(deviceName) : text.doubted(deviceName);
}

import { Alert, Button } from '@mantine/core';
import { useEffect, useEffectEvent, useState } from 'react';
import { useText } from '../text';

const name = 'symbolon-sign-in';

/** Leads to the provider in a window of its own, so that nothing typed in this one is lost. */
export function ProviderButton({ label, confirm = false, done }: { label: string; confirm?: boolean; done(): void }) {
  const [error, setError] = useState('');
  const arrived = useEffectEvent((code: string) => (code ? setError(code) : done()));
  useEffect(() => {
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }: MessageEvent<string>) => arrived(data);
    return () => channel.close();
  }, []);
  return (
    <>
      <Denied code={error} />
      <Button variant="default" onClick={() => window.open(`/admin/oidc/start?${confirm ? 'confirm' : 'window'}`, name, 'popup,width=520,height=680')}>{label}</Button>
    </>
  );
}

/** Why nobody was let in by the provider. */
export function Denied({ code }: { code: string }) {
  const { session: text } = useText();
  return code ? <Alert color="red" variant="light" role="alert">{Object.hasOwn(text.denied, code) ? text.denied[code] : text.denied.refused}</Alert> : null;
}

/** What went wrong at the provider, as the address says. */
export function deniedHere(): string {
  return new URLSearchParams(location.search).get('error') ?? '';
}

/** The page where such a window ends: it tells the one that opened it, and closes. */
export function Returned() {
  const { session: text } = useText();
  const [code] = useState(deniedHere);
  useEffect(() => {
    const channel = new BroadcastChannel(name);
    channel.postMessage(code);
    channel.close();
    window.close();
  }, [code]);
  return (
    <main>
      {code ? <Denied code={code} /> : <p>{text.closeWindow}</p>}
    </main>
  );
}

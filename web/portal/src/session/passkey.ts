import { useQuery } from '@tanstack/react-query';
import { type Schemas, api, ask } from '../api/client';
import { InWords } from '../parts/failure';
import type { Text } from '../text/en';

type Options = Schemas['PasskeyOptions'];
type Answer = Schemas['PasskeyAnswer'];

/** What the service offers beside passwords. */
export function useWays() {
  const { data } = useQuery({ queryKey: ['ways'], queryFn: () => ask(api.GET('/v1/admin/sign-in')), staleTime: Infinity });
  const place = data?.passkeys?.origin;
  return { passkeys: place === location.origin && 'PublicKeyCredential' in window, place, provider: data?.oidc?.label };
}

/** Has the browser make a passkey. */
export function makePasskey({ options, state }: Options, text: Text['passkeys']): Promise<Answer> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as unknown as PublicKeyCredentialCreationOptionsJSON);
  return answer(navigator.credentials.create({ publicKey }), state, text);
}

/** Has the browser show a passkey. */
export function showPasskey({ options, state }: Options, text: Text['passkeys']): Promise<Answer> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as unknown as PublicKeyCredentialRequestOptionsJSON);
  return answer(navigator.credentials.get({ publicKey }), state, text);
}

async function answer(asked: Promise<Credential | null>, state: string, text: Text['passkeys']): Promise<Answer> {
  try {
    const credential = (await asked) as PublicKeyCredential;
    return { credential: credential.toJSON() as Answer['credential'], state };
  } catch (error) {
    const there = error instanceof DOMException && error.name === 'InvalidStateError';
    throw new InWords(there ? text.there : text.notShown);
  }
}

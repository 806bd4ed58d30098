import { Center, Loader } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, createContext, useCallback, useContext, useEffect, useRef, useState } from 'react';
import { ApiError, type SignedIn, api, ask } from '../api/client';
import { DeviceGate } from '../device/gate';
import { Failure, InWords } from '../parts/failure';
import { useText } from '../text';
import { ConfirmModal } from './confirm';
import { forgetDrafts } from './drafts';
import { AgainModal, SignIn } from './sign_in';

export { Returned } from './provider';
export { Setup } from './setup';

interface Door {
  who: SignedIn;
  /** Does what may need a password or passkey again, and asks for it where it does. */
  perform<T>(act: () => Promise<T>): Promise<T>;
  signOut(): void;
}

const Context = createContext<Door | undefined>(undefined);

/** Who is signed in, and what only they may have done. */
export function useDoor(): Door {
  const door = useContext(Context);
  if (!door) {
    throw new Error('useDoor stands inside of Door');
  }
  return door;
}

/** Shows what is inside to who is signed in. A session that ends later is renewed in place: nothing typed is lost. Somebody else begins anew. */
export function Door({ children }: { children: ReactNode }) {
  const { session: text } = useText();
  const queries = useQueryClient();
  const [known, setKnown] = useState<SignedIn>();
  const session = useQuery({ queryKey: ['session'], queryFn: () => ask(api.GET('/v1/admin/session')), retry: false });
  const waiting = useRef<PromiseWithResolvers<void>>(undefined);
  const [confirming, setConfirming] = useState(false);

  const who = session.data ?? known;
  const other = !!session.data && !!known && session.data.admin.adminId !== known.admin.adminId;
  if (session.data && session.data !== known && !other) {
    setKnown(session.data);
  }
  useEffect(() => {
    if (other) {
      queries.clear();
      forgetDrafts();
      location.reload();
    }
  }, [other, queries]);
  const perform = useCallback(async <T,>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      if (error instanceof ApiError && error.code === 'reauthentication_required') {
        setConfirming(true);
        waiting.current ??= Promise.withResolvers<void>();
        await waiting.current.promise;
        return act();
      }
      if (error instanceof ApiError && (error.code === 'unauthenticated' || error.code === 'device_required')) {
        void queries.invalidateQueries({ queryKey: ['session'] });
      }
      throw error;
    }
  }, [queries]);
  const signOut = useCallback(() => {
    void ask(api.DELETE('/v1/admin/session')).finally(() => {
      forgetDrafts();
      location.assign('/admin/');
    });
  }, []);

  if (session.isPending || other) {
    return <Center h="100vh"><Loader aria-label="…" /></Center>;
  }
  const ended = session.error instanceof ApiError && session.error.code === 'unauthenticated';
  if (!who) {
    return ended ? <SignIn /> : <Failure error={session.error} retry={() => void session.refetch()} />;
  }
  const confirmed = () => {
    setConfirming(false);
    waiting.current?.resolve();
    waiting.current = undefined;
  };
  const refused = () => {
    setConfirming(false);
    waiting.current?.reject(new InWords(text.notConfirmed));
    waiting.current = undefined;
  };
  return (
    <Context value={{ who, perform, signOut }}>
      <DeviceGate who={who} signOut={signOut}>{children}</DeviceGate>
      <AgainModal opened={ended} admin={who.admin} />
      {confirming && <ConfirmModal admin={who.admin} close={refused} confirmed={confirmed} />}
    </Context>
  );
}

import { Alert, Button, Text as Words } from '@mantine/core';
import { ApiError } from '../api/client';
import { useText } from '../text';

/** What went wrong in the page itself, in the words of its language. */
export class InWords extends Error {}

interface Failed {
  error: unknown;
  retry?: () => void;
  /** Whether nothing but `retry` asks anew: a query does by itself once somebody has signed in again. */
  byHand?: boolean;
  /** Of what is tried again by itself: a line that interrupts nobody. */
  quiet?: boolean;
}

/** Says what went wrong, where it did, and offers another try. */
export function Failure({ error, retry, byHand = false, quiet = false }: Failed) {
  const { failed } = useText();
  if ((retry || quiet) && !byHand && error instanceof ApiError && error.code === 'unauthenticated') {
    return null; // the door asks them to sign in, and then all is asked for anew
  }
  if (quiet) {
    return <Words component="div" role="status" size="sm" c="red"><Told error={error} /></Words>;
  }
  return (
    <Alert color="red" variant="light" role="alert" title={failed.title}>
      <Told error={error} />
      {retry && <Button mt="sm" size="xs" variant="outline" color="red" display="block" onClick={retry}>{failed.retry}</Button>}
    </Alert>
  );
}

/** What the service said. Elsewhere than in English its code is put into words, and its own words stand below. */
function Told({ error }: { error: unknown }) {
  const { failed } = useText();
  if (error instanceof InWords) {
    return error.message;
  }
  if (!(error instanceof ApiError) || error.code === 'unavailable') {
    return failed.unreachable;
  }
  const meant = failed.codes[error.code];
  if (!meant) {
    return <span lang="en">{error.message}</span>;
  }
  return (
    <>
      {meant}
      <Words size="sm" lang="en">{error.message}</Words>
    </>
  );
}

import { Alert, Button } from '@mantine/core';
import { ApiError } from '../api/client';
import { useText } from '../text';

/** Says what went wrong, where it did, and offers another try. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { failed } = useText();
  if (retry && error instanceof ApiError && error.code === 'unauthenticated') {
    return null; // the door asks them to sign in, and then all is asked for anew
  }
  const told = error instanceof ApiError && error.code !== 'unavailable' ? error.message : failed.unreachable;
  return (
    <Alert color="red" variant="light" role="alert" title={failed.title}>
      {told}
      {retry && <Button mt="sm" size="xs" variant="outline" color="red" display="block" onClick={retry}>{failed.retry}</Button>}
    </Alert>
  );
}

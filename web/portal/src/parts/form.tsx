import { Button, Group, Stack, Text as Words } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent, ReactNode } from 'react';
import { useDoor } from '../session';
import { useText } from '../text';
import { Dialogue } from './dialogue';
import { Failure } from './failure';

interface Form<T> {
  title: string;
  why?: string;
  /** What the button says that does it. */
  verb: string;
  danger?: boolean;
  /** Whether all is there that it takes. */
  ready?: boolean;
  send(): Promise<T>;
  /** What is shown may have changed: asked for anew. All, where absent. */
  changes?: string[][];
  close(): void;
  done?: (answer: T) => void;
  children?: ReactNode;
}

/** A dialogue that does one thing, and says there what went wrong. */
export function FormDialogue<T>({ title, why, verb, danger = false, ready = true, send, changes = [[]], close, done, children }: Form<T>) {
  const { session } = useText();
  const { perform } = useDoor();
  const queries = useQueryClient();
  const act = useMutation({
    mutationFn: () => perform(send),
    onSuccess: (answer) => {
      close();
      done?.(answer);
    },
    onSettled: () => Promise.all(changes.map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    act.mutate();
  };
  return (
    <Dialogue close={close} title={title}>
      <form onSubmit={submit}>
        <Stack>
          {why && <Words>{why}</Words>}
          {children}
          {act.error && <Failure error={act.error} />}
          <Group justify="end">
            <Button variant="default" onClick={close}>{session.cancel}</Button>
            <Button type="submit" color={danger ? 'red' : undefined} disabled={!ready} loading={act.isPending}>{verb}</Button>
          </Group>
        </Stack>
      </form>
    </Dialogue>
  );
}

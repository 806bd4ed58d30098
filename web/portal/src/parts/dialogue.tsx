import { Group, Modal } from '@mantine/core';
import { type ReactNode, createContext, useContext } from 'react';
import { useText } from '../text';

/** Whether the gate is shut in front of what is inside. Dialogues stand elsewhere in the document, and have to hide by themselves. */
export const Shut = createContext(false);

interface Dialogue {
  title: string;
  /** Absent where there is no way out but to answer. */
  close?: () => void;
  opened?: boolean;
  /** Above other dialogues. */
  above?: boolean;
  children: ReactNode;
}

/** A question over the page. Its head is no header: a page has one banner only. */
export function Dialogue({ title, close, opened = true, above = false, children }: Dialogue) {
  const { dialogue } = useText();
  const shut = useContext(Shut);
  return (
    <Modal.Root opened={opened && !shut} keepMounted={opened && shut} onClose={close ?? (() => undefined)} closeOnEscape={!!close} closeOnClickOutside={false} centered zIndex={above ? 400 : 300}>
      <Modal.Overlay />
      <Modal.Content>
        <Group justify="space-between" wrap="nowrap" align="start" px="lg" pt="lg" pb="sm">
          <Modal.Title fw={650} fz="lg">{title}</Modal.Title>
          {close && <Modal.CloseButton aria-label={dialogue.close} />}
        </Group>
        <Modal.Body px="lg" pb="lg">{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

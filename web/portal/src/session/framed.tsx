import { Center, Image, Paper, Title } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import icon from '../icon.svg';

/** A page with one thing to do, for whoever is not in yet. */
export function Framed({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Center component="main" mih="90vh" p="md">
      <Paper withBorder shadow="sm" p="xl" w="100%" maw={400}>
        <Image src={icon} alt="" w={40} h={40} mb="md" />
        <Title order={1} size="h2" mb="lg">{title}</Title>
        {children}
      </Paper>
    </Center>
  );
}

export function submit(event: FormEvent, act: () => void) {
  event.preventDefault();
  act();
}

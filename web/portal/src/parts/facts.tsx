import { Card, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './facts.module.css';

export type Fact = [name: string, value: ReactNode];

/** Named facts; what is not known is left out. */
export function FactList({ facts }: { facts: Fact[] }) {
  return (
    <dl className={classes.facts}>
      {facts.filter(known).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A card of facts, and what stands there while there is none. */
export function Facts({ title, facts, empty }: { title: string; facts: Fact[]; empty?: string }) {
  return (
    <Card withBorder h="100%" padding="lg">
      <Title order={2} size="h4" mb="sm">{title}</Title>
      {facts.some(known) ? <FactList facts={facts} /> : empty}
    </Card>
  );
}

const known = ([, value]: Fact) => value !== undefined && value !== '' && value !== null;

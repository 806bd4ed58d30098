import { Card, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './facts.module.css';

export type Fact = [name: string, value: ReactNode];

/** Named facts; what is not known is left out. */
export function Facts({ title, facts, empty }: { title: string; facts: Fact[]; empty?: string }) {
  const known = facts.filter(([, value]) => value !== undefined && value !== '' && value !== null);
  return (
    <Card withBorder h="100%" padding="lg">
      <Title order={2} size="h4" mb="sm">{title}</Title>
      {known.length === 0 && empty}
      <dl className={classes.facts}>
        {known.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

import { Anchor, Card, Group, Skeleton, Table, Text as Words, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Failure } from '../parts/failure';
import { useText } from '../text';
import classes from './charts.module.css';

/** The numbers behind a chart. The first cell of a row names it. */
export interface Numbers {
  columns: ReactNode[];
  rows: ReactNode[][];
}

interface Framed {
  title: string;
  table: Numbers;
  loading?: boolean;
  error?: unknown;
  retry?(): void;
  /** What stands in place of a chart of nothing. */
  empty?: string | false;
  /** Where the list is that the chart is drawn from. */
  href?: string;
  /** A remark beneath the title. */
  note?: ReactNode;
  /** In pixels, of the place that is held until the chart is there. */
  height?: number;
  children: ReactNode;
}

/** A chart with its heading, its table behind, and what stands there while it has nothing to show. */
export function Figure({ title, table, loading = false, error, retry, empty, href, note, height = 220, children }: Framed) {
  const { charts: text } = useText();
  const shown = !error && !loading && !empty;
  return (
    <Card withBorder padding="md" component="section" aria-label={title} aria-busy={loading}>
      <Group justify="space-between" wrap="nowrap" align="baseline">
        <Title order={2} size="h5">{title}</Title>
        {href && <Anchor component={Link} href={href} size="sm" aria-label={text.listOf(title)}>{text.list}</Anchor>}
      </Group>
      {note && <Words size="sm" c="dimmed" component="div">{note}</Words>}
      <div className={classes.body} style={{ minHeight: height }}>
        {error ? <Failure error={error} retry={retry} /> : loading ? <Skeleton height={height} /> : empty ? <Words c="dimmed" m="auto">{empty}</Words> : children}
      </div>
      {shown && <Behind title={title} table={table} />}
    </Card>
  );
}

function Behind({ title, table: { columns, rows } }: Pick<Framed, 'title' | 'table'>) {
  const { charts: text } = useText();
  return (
    <details className={classes.behind}>
      <summary aria-label={text.tableOf(title)}>{text.table}</summary>
      <div className={classes.scroll} tabIndex={0} role="region" aria-label={text.tableOf(title)}>
        <Table verticalSpacing={4} aria-label={title}>
          <Table.Thead>
            <Table.Tr>{columns.map((column, i) => <Table.Th key={i} scope="col">{column}</Table.Th>)}</Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(([name, ...cells], i) => (
              <Table.Tr key={i}>
                <Table.Th scope="row" fw={400}>{name}</Table.Th>
                {cells.map((cell, at) => <Table.Td key={at}>{cell}</Table.Td>)}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </details>
  );
}

import { Table, Text as Words } from '@mantine/core';
import { useText } from '../../text';
import type { Change } from './document';
import classes from './policy.module.css';

/** What differs between two policies, member by member. */
export function Diff({ made, label }: { made: Change[]; label: string }) {
  const { policy: { diff: text } } = useText();
  if (made.length === 0) {
    return <Words c="dimmed">{text.nothing}</Words>;
  }
  return (
    <Table aria-label={label} layout="fixed" withTableBorder verticalSpacing="xs">
      <Table.Thead><Table.Tr><Table.Th scope="col">{text.member}</Table.Th><Table.Th scope="col">{text.before}</Table.Th><Table.Th scope="col">{text.after}</Table.Th></Table.Tr></Table.Thead>
      <Table.Tbody>
        {made.map(({ path, before, after }) => (
          <Table.Tr key={path.join('.')}>
            <Table.Th scope="row" fw={400} style={{ overflowWrap: 'anywhere' }}>{path[0] === 'rules' ? text.rule(path[1]!) : path.join('.')}</Table.Th>
            <Table.Td><Value of={before} none={text.none} /></Table.Td>
            <Table.Td><Value of={after} none={text.none} /></Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Value({ of, none }: { of: unknown; none: string }) {
  if (of === undefined) {
    return <Words size="xs" c="dimmed">{none}</Words>;
  }
  return <pre className={classes.value}>{typeof of === 'string' ? of : JSON.stringify(of, null, 1)}</pre>;
}

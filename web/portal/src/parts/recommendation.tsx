import { Badge } from '@mantine/core';
import { useText } from '../text';

const colours: Record<string, string> = { DENY: 'red', CHALLENGE: 'yellow', TRUST: 'teal', ALLOW: 'blue' };

/** What a decision advised, by the API's own word; what it means, where the pointer rests. */
export function RecommendationBadge({ says, size }: { says: string; size?: 'lg' }) {
  const { decisions } = useText();
  const meaning = decisions.says[says as keyof typeof decisions.says];
  return <Badge variant="light" color={colours[says] ?? 'gray'} size={size} title={meaning}>{says}</Badge>;
}

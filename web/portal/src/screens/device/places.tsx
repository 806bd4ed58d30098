import { Figure } from '../../charts';
import { Ago } from '../../parts/time';
import { useText } from '../../text';
import { PlaceMap } from '../decisions/map';
import type { Decision, useOfDevice } from '../decisions/query';

interface Seen {
  place: NonNullable<Decision['place']>;
  times: number;
  last: string;
}

/** Where a device was when decisions were made about it, the latest place first. */
export function Places({ decisions }: { decisions: ReturnType<typeof useOfDevice> }) {
  const { device: text } = useText();
  const seen = [...placesOf(decisions.data?.items ?? [])];
  return (
    <Figure
      title={text.places} note={seen.length > 0 && text.placesWhy} loading={decisions.isPending} error={decisions.error} retry={() => void decisions.refetch()}
      empty={seen.length === 0 && text.noPlaces}
      table={{
        columns: [text.facts.place, text.howOften, text.lastThere],
        rows: seen.map(([name, { times, last }]) => [name, text.times(times), <Ago at={last} />]),
      }}
    >
      <PlaceMap places={seen.map(([, { place }]) => place)} />
    </Figure>
  );
}

function placesOf(items: Decision[]): Map<string, Seen> {
  const seen = new Map<string, Seen>();
  for (const { place, decidedAt } of items) {
    const name = place?.location || place?.country;
    if (!place || !name) {
      continue;
    }
    const before = seen.get(name);
    seen.set(name, before ? { ...before, times: before.times + 1 } : { place, times: 1, last: decidedAt });
  }
  return seen;
}

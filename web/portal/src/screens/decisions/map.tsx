import type { Schemas } from '../../api/client';
import { type Point, SmallMap } from '../../charts';
import { useText } from '../../text';

type Place = Schemas['Place'];

/** Places on a small map, as far as it is known where they are. */
export function PlaceMap({ places }: { places: Place[] }) {
  const { decisions: text } = useText();
  const points = places.flatMap(({ latitude, longitude, radius, location, country }): Point[] =>
    latitude === undefined || longitude === undefined ? [] : [{ latitude, longitude, accuracyKm: radius || undefined, label: location || country || text.place }]);
  return points.length > 0 ? <SmallMap points={points} /> : null;
}

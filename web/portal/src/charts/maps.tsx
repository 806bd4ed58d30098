import { Skeleton } from '@mantine/core';
import { Suspense, lazy } from 'react';
import classes from './charts.module.css';

const World = lazy(() => import('./world'));
const Around = lazy(() => import('./around'));

export interface Point {
  latitude: number;
  longitude: number;
  accuracyKm?: number;
  label: string;
}

interface Drawn {
  title: string;
  /** How many, by the country's ISO 3166-1 alpha-2 code. */
  countries: Record<string, number>;
  /** Where a country leads to. Whoever has no pointer needs the same links beside the map. */
  href?(code: string): string;
}

/** The world with a shade for how many there are in each country. */
export function WorldMap(props: Drawn) {
  return (
    <div className={classes.world}>
      <Suspense fallback={<Skeleton h="100%" />}><World {...props} /></Suspense>
    </div>
  );
}

/** What lies around some points, no larger than a card. */
export function SmallMap({ points }: { points: Point[] }) {
  return (
    <div className={classes.around}>
      <Suspense fallback={<Skeleton h="100%" />}><Around points={points} /></Suspense>
    </div>
  );
}

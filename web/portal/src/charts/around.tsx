import { geoAzimuthalEqualArea, geoCentroid, geoCircle, geoDistance, geoGraticule10, geoPath } from 'd3-geo';
import { countries } from './atlas';
import type { Point } from './maps';
import { usePalette } from './palette';

const width = 480;
const height = 240;
const kmOfDegree = 111.2;
const radians = Math.PI / 180;

/** Looks down on the middle of all points, from as far away as shows them all with some land around. */
function look(points: Point[]) {
  const middle = geoCentroid({ type: 'MultiPoint', coordinates: points.map(({ longitude, latitude }) => [longitude, latitude]) });
  const reach = points.map(({ longitude, latitude, accuracyKm = 0 }) => geoDistance(middle, [longitude, latitude]) / radians + accuracyKm / kmOfDegree);
  const angle = Math.min(85, Math.max(12, 1.4 * Math.max(...reach)));
  return geoAzimuthalEqualArea().rotate([-middle[0], -middle[1]]).translate([width / 2, height / 2])
    .scale(height / 4 / Math.sin((angle * radians) / 2)).clipAngle(120).clipExtent([[0, 0], [width, height]]);
}

/** What SmallMap loads when it first draws. */
export default function Around({ points }: { points: Point[] }) {
  const { land, grid, border, tones } = usePalette();
  if (points.length === 0) {
    return null;
  }
  const projection = look(points);
  const path = geoPath(projection);
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={points.map(({ label }) => label).join(', ')}>
      <path d={path(geoGraticule10()) ?? ''} fill="none" stroke={grid} strokeWidth={0.6} />
      {countries.map(({ shape }, n) => <path key={n} d={path(shape) ?? ''} fill={land} stroke={border} strokeWidth={0.8} />)}
      {points.map(({ latitude, longitude, accuracyKm, label }, n) => {
        const [x, y] = projection([longitude, latitude]) ?? [0, 0];
        const near = accuracyKm && path(geoCircle().center([longitude, latitude]).radius(accuracyKm / kmOfDegree)());
        return (
          <g key={n}>
            {near && <path d={near} fill={tones.red} fillOpacity={0.16} stroke={tones.red} strokeWidth={1} />}
            <circle cx={x} cy={y} r={5} fill={tones.red} stroke={border} strokeWidth={1.5}><title>{label}</title></circle>
          </g>
        );
      })}
    </svg>
  );
}

import { geoEqualEarth, geoPath } from 'd3-geo';
import { useLocation } from 'wouter';
import { useLanguage, useText } from '../text';
import { countries as shapes } from './atlas';
import { useCountryName } from './country';
import { usePalette } from './palette';

const width = 960;
const height = 440;
const below = 40; // the Antarctic, of which nobody signs in
const path = geoPath(geoEqualEarth().fitExtent([[2, 2], [width - 2, height + below]], { type: 'Sphere' }));
const drawn = shapes.filter(({ code }) => code !== 'AQ').map(({ shape, code }) => ({ code, d: path(shape) ?? '' }));

/** What WorldMap loads when it first draws. */
export default function World({ title, countries, href }: { title: string; countries: Record<string, number>; href?(code: string): string }) {
  const { charts: text } = useText();
  const { language } = useLanguage();
  const { land, border, few, many } = usePalette();
  const name = useCountryName();
  const [, go] = useLocation();
  const found = Object.entries(countries).sort(([, a], [, b]) => b - a);
  const most = found[0]?.[1] ?? 1;
  const write = (code: string) => `${name(code)}: ${new Intl.NumberFormat(language).format(countries[code] ?? 0)}`;
  const gist = [title, text.countries(found.length), ...found.slice(0, 3).map(([code]) => write(code))].join('. ');
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={gist}>
      {drawn.map(({ code, d }, n) => {
        const count = code ? countries[code] : undefined;
        const fill = count ? `color-mix(in oklab, ${many} ${Math.round(100 * Math.sqrt(count / most))}%, ${few})` : land;
        const open = code && count && href ? () => go(href(code)) : undefined;
        return <path key={n} d={d} stroke={border} strokeWidth={0.6} style={{ fill, cursor: open && 'pointer' }} onClick={open}>{code && count && <title>{write(code)}</title>}</path>;
      })}
    </svg>
  );
}

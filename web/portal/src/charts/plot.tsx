import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useLanguage } from '../text';
import classes from './charts.module.css';
import { type Palette, usePalette } from './palette';

interface Line {
  values: (number | null)[];
  color: string;
  dash: number[];
}

interface Plotted {
  lines: Line[];
  times: Date[];
  max: number | undefined;
  write(value: number): string;
  height: number;
  onHover(index: number | undefined): void;
  onPick: ((index: number) => void) | undefined;
}

const day = 86_400;
const few = 100; // times of which each gets a point

/** What LineChart loads when it first draws. */
export default function Plot(props: Plotted) {
  const { lines, times, max, height } = props;
  const ref = useRef<HTMLDivElement>(null);
  const { language } = useLanguage();
  const palette = usePalette();
  const now = useRef(props); // what a click calls is the latest, without drawing anew
  now.current = props;
  const drawn = JSON.stringify([lines, times, max]); // as long as this is the same, so is the picture
  useEffect(() => {
    const place = ref.current!;
    const plot = new uPlot({ ...options(now.current, palette, language), width: place.clientWidth, height }, data(now.current), place);
    const sized = new ResizeObserver(() => place.clientWidth !== plot.width && plot.setSize({ width: place.clientWidth, height }));
    sized.observe(place);
    plot.over.addEventListener('click', () => typeof plot.cursor.idx === 'number' && now.current.onPick?.(plot.cursor.idx));
    return () => {
      sized.disconnect();
      plot.destroy();
    };
  }, [drawn, height, palette, language]);
  return <div ref={ref} className={classes.plot} style={{ height }} />;
}

function data({ lines, times }: Plotted): uPlot.AlignedData {
  return [times.map((time) => time.getTime() / 1000), ...lines.map(({ values }) => values)];
}

function options({ lines, times, max, write, onHover }: Plotted, palette: Palette, language: string): Omit<uPlot.Options, 'width' | 'height'> {
  const ticks = { stroke: palette.text, grid: { stroke: palette.grid, width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' };
  const alone = lines.length === 1;
  const told = (value: number | null | undefined) => (alone ? value != null : !!value); // of several, those at nothing would cover one another
  const points: uPlot.Series.Points = { show: times.length <= few, size: 5, filter: (plot, n, show) => (show ? times.flatMap((_, i) => (told(plot.data[n]?.[i]) ? [i] : [])) : null) };
  return {
    legend: { show: false },
    padding: [10, 12, 0, 0],
    cursor: { drag: { x: false, y: false }, y: false, points: { size: 8 } },
    scales: { y: { range: (_, __, top) => [0, max ?? Math.max(top ?? 0, 4)] } },
    axes: [
      { ...ticks, grid: { show: false }, size: 28, space: 64, ...timeAxis(times, language) },
      { ...ticks, size: 52, space: 36, incrs: steps(max), values: (_, splits) => splits.map(write) },
    ],
    series: [
      {},
      ...lines.map(({ color, dash }): uPlot.Series => ({ stroke: color, width: 2, dash, fill: alone ? `${color}2e` : undefined, points: { ...points, fill: color } })),
    ],
    hooks: { setCursor: [({ cursor: { idx } }) => onHover(idx ?? undefined)] },
  };
}

/** Hours, days or months at the ticks, whichever the whole of it asks for. */
function timeAxis(times: Date[], language: string): uPlot.Axis {
  const span = ((times.at(-1)?.getTime() ?? 0) - (times[0]?.getTime() ?? 0)) / 1000;
  const format = new Intl.DateTimeFormat(language, span <= 2 * day ? { hour: 'numeric', minute: '2-digit' } : span <= 100 * day ? { day: 'numeric', month: 'short' } : { month: 'short', year: 'numeric' });
  const values: uPlot.Axis.Values = (_, splits) => splits.map((at) => format.format(at * 1000));
  if (span <= 2 * day) {
    return { values };
  }
  return { values, incrs: span <= 100 * day ? [1, 2, 5, 7, 14].map((n) => n * day) : [1, 2, 3, 6, 12].map((n) => n * 30 * day) };
}

/** How far the ticks of the scale may be apart: counts are whole. */
function steps(max: number | undefined): number[] {
  if (max !== undefined && max <= 1) {
    return [0.25, 0.5, 1];
  }
  return Array.from({ length: 12 }, (_, n) => [1, 2, 5].map((step) => step * 10 ** n)).flat();
}

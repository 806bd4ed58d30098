export { Bars, type Bar } from './bars';
export { useCountryName } from './country';
export { Figure, type Numbers } from './figure';
export { Histogram, type Bucket, type Mark } from './histogram';
export { LineChart, type Series } from './line_chart';
export { SmallMap, WorldMap, type Point } from './maps';
export { type Tone } from './palette';

import type { DeviceType } from '../device.js';

/** Strokes on a field of 24 by 24. */
const paths: Record<DeviceType, string> = {
  desktop: 'M3 4h18v12H3zM8 20h8M12 16v4',
  laptop: 'M5 5h14v10H5zM2 19h20',
  mobile: 'M7 2.500h10v19H7zM11 18h2',
  tablet: 'M5 3h14v18H5zM11 18h2',
  browser: 'M3 4h18v16H3zM3 9h18M6 6.500h.01M9 6.500h.01',
  api_client: 'M8 7l-5 5 5 5M16 7l5 5-5 5M14 4l-4 16',
  smart_tv: 'M3 7h18v12H3zM8 2l4 5 4-5',
  wearable: 'M8 7h8v10H8zM9 7l.5-4h5l.5 4M9 17l.5 4h5l.5-4',
};

/** What kind of thing it is, for the eye: the name says it in words. */
export function icon(type: DeviceType): SVGElement {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('part', 'icon');
  const path = document.createElementNS(namespace, 'path');
  path.setAttribute('d', paths[type] ?? paths.browser);
  svg.append(path);
  return svg;
}

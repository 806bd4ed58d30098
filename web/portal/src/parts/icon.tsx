import type { Device } from '../api/client';

/** Strokes on a field of 24 by 24. */
const paths = {
  overview: 'M3 21V10M9 21V4M15 21v-8M21 21V7',
  decisions: 'M4 12l5 5L20 6M4 20h16',
  policy: 'M6 3h12v18H6zM9 8h6M9 12h6M9 16h4',
  settings: 'M4 7h10M18 7h2M4 17h2M10 17h10M16 4v6M8 14v6',
  users: 'M9 11a4 4 0 100-8 4 4 0 000 8zM2 21v-1a6 6 0 0112 0v1M16 3.5a4 4 0 010 7M18 14.5a6 6 0 014 5.5v1',
  devices: 'M3 5h12v9H3zM1 18h12M17 9h5v11h-5zM19 17.5h1',
  log: 'M8 6h13M8 12h13M8 18h13M3.5 6h.01M3.5 12h.01M3.5 18h.01',
  apps: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z',
  admins: 'M12 3l8 3v6c0 5-3.5 8-8 9-4.500-1-8-4-8-9V6zM9 12l2 2 4-4',
  account: 'M12 12a4 4 0 100-8 4 4 0 000 8zM4 21a8 8 0 0116 0',
  search: 'M11 18a7 7 0 100-14 7 7 0 000 14zM21 21l-5-5',
  desktop: 'M3 4h18v12H3zM8 20h8M12 16v4',
  laptop: 'M5 5h14v10H5zM2 19h20',
  mobile: 'M7 2.500h10v19H7zM11 18h2',
  tablet: 'M5 3h14v18H5zM11 18h2',
  browser: 'M3 4h18v16H3zM3 9h18M6 6.500h.01M9 6.500h.01',
  api_client: 'M8 7l-5 5 5 5M16 7l5 5-5 5M14 4l-4 16',
  smart_tv: 'M3 7h18v12H3zM8 2l4 5 4-5',
  wearable: 'M8 7h8v10H8zM9 7l.5-4h5l.5 4M9 17l.5 4h5l.5-4',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth={1.8} strokeLinecap="round" strokeLinejoin="round" aria-hidden focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}

/** What kind of device it is, for the eye; its type stands in words beside. */
export function DeviceIcon({ type, size }: { type: Device['deviceType']; size?: number }) {
  return <Icon name={type && type in paths ? type : 'devices'} size={size} />;
}

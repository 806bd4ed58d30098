import type { Device } from '../../../api/client';

const columns: [name: string, of: (device: Device) => string | number | null | undefined][] = [
  ['deviceId', (d) => d.deviceId], ['userId', (d) => d.userId], ['deviceName', (d) => d.deviceName], ['deviceType', (d) => d.deviceType],
  ['platform', (d) => d.platform], ['status', (d) => d.status], ['riskScore', (d) => d.riskScore], ['lastUsedAt', (d) => d.lastUsedAt],
  ['lastVerifiedAt', (d) => d.lastVerifiedAt], ['usageCount', (d) => d.usageCount], ['trustedAt', (d) => d.trust?.trustedAt],
  ['trustedUntil', (d) => d.trust?.trustedUntil], ['trustRevokedAt', (d) => d.trust?.revokedAt], ['trustRevokedReason', (d) => d.trust?.revokedReason],
  ['blockedAt', (d) => d.block?.at], ['blockReason', (d) => d.block?.reason], ['blockUntil', (d) => d.block?.until], ['keyId', (d) => d.keyId],
  ['keyStorage', (d) => d.keyStorage], ['operatingSystem', (d) => d.operatingSystem], ['browser', (d) => d.browser], ['userAgent', (d) => d.userAgent],
  ['ipAddress', (d) => d.ipAddress], ['location', (d) => d.location], ['endpointId', (d) => d.endpointId], ['createdAt', (d) => d.createdAt], ['updatedAt', (d) => d.updatedAt],
];

/** What the columns are called, as the first line of the file. */
export const head = line(columns.map(([name]) => name));

/** Devices as lines of CSV (RFC 4180). */
export function linesOf(devices: Device[]): string {
  return devices.map((device) => line(columns.map(([, of]) => of(device)))).join('');
}

function line(values: (string | number | null | undefined)[]): string {
  return `${values.map(field).join(',')}\r\n`;
}

/** A spreadsheet takes what begins like a formula for one; users name their devices themselves. */
function field(value: string | number | null | undefined): string {
  const text = String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

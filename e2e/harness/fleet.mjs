// Devices by the thousand, as an earlier system's records of them: listed and blockable, without a browser for each.
import { ask } from './portal.mjs';

const atOnce = 500; // the most that one import takes

const at = '2026-01-02T03:04:05Z';

/** Imports records, each of which says what it wants to. */
export async function importRecords(demo, records) {
  const items = records.map((record) => ({
    '@type': 'TrustedDevice', deviceName: 'An old phone', deviceType: 'mobile', deviceFingerprint: record.deviceId, trustedAt: at, createdAt: at, ...record,
  }));
  for (let i = 0; i < items.length; i += atOnce) {
    await ask(demo, 'POST', '/v1/apps/bank/trusted-devices', { items: items.slice(i, i + atOnce) });
  }
}

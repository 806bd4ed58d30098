import { userAgentData } from './hints.js';

/** Whether the site's storage outlives a lack of space. Asking for the state asks the person for nothing. */
export async function storagePersisted(): Promise<boolean | undefined> {
  return navigator.storage?.persisted?.();
}

/**
 * Whether the window is a private one, where that shows: Firefox and Safari give no private file system there.
 * Chromium's windows are alike, and since version 138 so are the quotas that they report.
 */
export async function privateMode(): Promise<boolean | undefined> {
  if (userAgentData() || !navigator.storage?.getDirectory) {
    return undefined;
  }
  try {
    await navigator.storage.getDirectory();
    return false;
  } catch {
    return true;
  }
}

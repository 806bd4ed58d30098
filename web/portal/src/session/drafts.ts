const prefix = 'symbolon.policy.';

/** Where a draft is kept in this window: that of one admin is never another's. */
export const draftKey = (admin: string, app: string) => `${prefix}${admin}.${app}`;

/** What was written and not saved goes with whoever wrote it. */
export function forgetDrafts() {
  Object.keys(sessionStorage).filter((key) => key.startsWith(prefix)).forEach((key) => sessionStorage.removeItem(key));
}

import { useEffect } from 'react';

const walked = 'main a[data-walk]';

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** j and k walk the entries of the screen's list; Enter opens a link anyway. */
function walk(by: 1 | -1) {
  const entries = [...document.querySelectorAll<HTMLElement>(walked)];
  const now = entries.indexOf(document.activeElement as HTMLElement);
  entries[now < 0 ? 0 : now + by]?.focus();
}

/** Goes to the screen's search, on a screen that is just coming after some frames. */
function search(frames = 0): boolean {
  const field = document.querySelector<HTMLInputElement>('main input[type=search]');
  field?.focus();
  field?.select();
  if (!field && frames > 0) {
    requestAnimationFrame(() => search(frames - 1));
  }
  return !!field;
}

/**
 * The keys that work on every screen: find goes to where one searches, from a screen without; command opens what Ctrl K
 * or, on a Mac, ⌘ K opens, also from a field. The others rest while somebody is typing, and all of them while a dialogue is open.
 */
export function useKeys({ find, close, command }: { find(): void; close(): void; command(): void }) {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k' && !document.querySelector('[role=dialog]')) {
        event.preventDefault();
        command();
      }
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('[role=dialog]')) {
        return;
      }
      if (event.key === 'Escape') {
        (document.activeElement as HTMLElement | null)?.blur();
        close();
      } else if (typing(event.target)) {
        return;
      } else if (event.key === '/') {
        event.preventDefault();
        if (!search()) {
          find();
          search(120);
        }
      } else if (event.key === 'j' || event.key === 'k') {
        walk(event.key === 'j' ? 1 : -1);
      }
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [find, close, command]);
}

import { useQuery } from '@tanstack/react-query';
import { type App, api, ask } from './client';

/** All apps that who is signed in may see; that of the admins themselves comes last. */
export function useApps() {
  return useQuery({ queryKey: ['apps'], queryFn: all, staleTime: 60_000 });
}

async function all(): Promise<{ items: App[] }> {
  const items: App[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask(api.GET('/v1/apps', { params: { query: { limit: 200, cursor } } }));
    items.push(...page.items);
    cursor = page.nextCursor || undefined;
  } while (cursor);
  return { items: [...items.filter(({ builtIn }) => !builtIn), ...items.filter(({ builtIn }) => builtIn)] };
}

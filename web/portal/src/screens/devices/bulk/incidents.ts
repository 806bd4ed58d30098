import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { type Schemas, api, ask } from '../../../api/client';

export type Incident = Schemas['Incident'];

const often = 500; // milliseconds between two looks at what goes on

/** Bulk works of the app without counts, which change nothing, the latest first; looked at again while one goes on. */
export function useIncidents(app: string) {
  return useQuery({
    queryKey: ['incidents', app],
    queryFn: ({ signal }) => ask(api.GET('/v1/apps/{app}/incidents', { params: { path: { app }, query: { dryRun: false } }, signal })),
    refetchInterval: ({ state }) => (state.data?.items.some(({ finishedAt }) => !finishedAt) ? often : false),
  });
}

/** One of them, as it gets on. When it is done, devices are no longer as they were read. */
export function useIncident(app: string, begun: Incident): Incident {
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: ['incidents', app, begun.incidentId],
    queryFn: ({ signal }) => ask(api.GET('/v1/apps/{app}/incidents/{incident}', { params: { path: { app, incident: begun.incidentId } }, signal })),
    initialData: begun,
    enabled: !begun.finishedAt,
    refetchInterval: ({ state }) => (state.data?.finishedAt ? false : often),
  });
  const done = !begun.finishedAt && !!data.finishedAt;
  useEffect(() => {
    if (done) {
      void renew(queries, app);
    }
  }, [done, queries, app]);
  return begun.finishedAt ? begun : data;
}

function renew(queries: ReturnType<typeof useQueryClient>, app: string) {
  return Promise.all(['devices', 'device', 'user', 'users', 'incidents'].map((what) => queries.invalidateQueries({ queryKey: [what, app] })));
}

export const begin = (app: string, body: Schemas['IncidentRequest']) => ask(api.POST('/v1/apps/{app}/incidents', { params: { path: { app } }, body }));

export const undo = (app: string, incident: string, reason: string) =>
  ask(api.POST('/v1/apps/{app}/incidents/{incident}/undo', { params: { path: { app, incident } }, body: { reason } }));

/** Whether an undo could give something back, and none was begun. */
export function undoable({ incidentId, action, dryRun, changed, finishedAt }: Incident, all: Incident[]): boolean {
  return action === 'block' && !dryRun && (changed > 0 || !finishedAt) && !all.some((other) => other.match.blockedBy === incidentId);
}

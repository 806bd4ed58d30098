import { ApiError, type Schemas } from '../../api/client';
import type { Document } from './document';

export type Result = Schemas['Simulation'];
export type Progress = Schemas['SimulationProgress'];

/** Tries a policy on recorded decisions, and hears on the way how far it is (the HTML standard, §9.2). */
export async function simulate({ app, policy, days, signal, tell }: { app: string; policy: Document; days: number; signal: AbortSignal; tell(progress: Progress): void }): Promise<Result> {
  let answer: Response;
  try {
    answer = await fetch(`/v1/apps/${encodeURIComponent(app)}/policy/simulate`, {
      method: 'POST', signal, body: JSON.stringify({ policy, days }), headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
    });
  } catch {
    throw new ApiError({ code: 'unavailable' });
  }
  if (!answer.ok || !answer.body) {
    throw new ApiError((await answer.json().catch(() => ({}))) as Partial<Schemas['Problem']>);
  }
  let rest = '';
  for await (const part of parts(answer.body)) {
    const events = (rest + part).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/s.exec(event) ?? [];
      if (name === 'progress') {
        tell(JSON.parse(data!) as Progress);
      } else if (name === 'result') {
        return JSON.parse(data!) as Result;
      } else if (name === 'problem') {
        throw new ApiError(JSON.parse(data!) as Partial<Schemas['Problem']>);
      }
    }
  }
  throw new ApiError({ code: 'unavailable' });
}

async function* parts(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    yield read.value;
  }
}

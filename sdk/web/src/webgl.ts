import { clip } from './clip.js';

/** The graphics hardware, or the software that stands in for it. */
export interface Graphics {
  vendor: string;
  renderer: string;
}

/** Names of graphics hardware are long; this is the most that the service takes. */
const most = 128;

let seen: { graphics: Graphics | undefined } | undefined;

/** Who made the graphics hardware and what it is called, where the browser tells. A page looks once and remembers. */
export function graphics(): Graphics | undefined {
  seen ??= { graphics: look() };
  return seen.graphics;
}

function look(): Graphics | undefined {
  // A laptop's faster second card isn't woken for this.
  const gl = document.createElement('canvas').getContext('webgl', { powerPreference: 'low-power' });
  const info = gl?.getExtension('WEBGL_debug_renderer_info');
  if (!gl || !info) {
    return undefined;
  }
  const vendor: unknown = gl.getParameter(info.UNMASKED_VENDOR_WEBGL);
  const renderer: unknown = gl.getParameter(info.UNMASKED_RENDERER_WEBGL);
  // A page has only so many contexts; this one goes back at once.
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  // A context that was lost answers with null.
  if (typeof vendor !== 'string' || typeof renderer !== 'string') {
    return undefined;
  }
  return { vendor: clip(vendor, most), renderer: clip(renderer, most) };
}

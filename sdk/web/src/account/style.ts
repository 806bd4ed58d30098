/** What a page sets to make the list its own: the custom properties here, and the parts of its elements. */
export const style = `
:host {
  --_text: var(--symbolon-text, light-dark(#1c2024, #eceef0));
  --_muted: var(--symbolon-muted, light-dark(#565e66, #a8b0b8));
  --_surface: var(--symbolon-surface, light-dark(#fff, #1f2327));
  --_border: var(--symbolon-border, light-dark(#d5dade, #3b4249));
  --_accent: var(--symbolon-accent, light-dark(#0b6b50, #63d3ae));
  --_danger: var(--symbolon-danger, light-dark(#b02525, #ff9d9d));
  --_radius: var(--symbolon-radius, 12px);
  color: var(--_text);
  display: block;
  font: 1rem/1.5 var(--symbolon-font, system-ui, sans-serif);
  container-type: inline-size;
}
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
h2, h3, p, ul { margin: 0; padding: 0; }
h2 { font-size: 1.375rem; }
h3 { font-size: 1.0625rem; overflow-wrap: anywhere; }
ul { list-style: none; }
.head, .name, .actions, .told { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; }
.head { justify-content: space-between; margin-block-end: 1rem; }
.cards { display: grid; gap: .75rem; }
.card {
  background: var(--_surface);
  border: 1px solid var(--_border);
  border-radius: var(--_radius);
  display: grid;
  gap: .25rem 1rem;
  grid-template-columns: auto 1fr;
  padding: 1rem;
}
.card > .body { display: grid; gap: .35rem; min-width: 0; }
.card p, .history time { color: var(--_muted); font-size: .9375rem; }
.card .odd, .card .refused { color: var(--_danger); }
.actions { margin-block-start: .5rem; }
svg { block-size: 2rem; inline-size: 2rem; fill: none; stroke: var(--_muted); stroke-linecap: round; stroke-linejoin: round; stroke-width: 1.6; }
.badge { border: 1px solid currentcolor; border-radius: 99px; color: var(--_accent); font-size: .8125rem; font-weight: 600; padding: 0 .6rem; }
.badge.refused { color: var(--_danger); }
button {
  background: none;
  border: 1px solid var(--_border);
  border-radius: calc(var(--_radius) * .6);
  color: var(--_accent);
  cursor: pointer;
  font: inherit;
  font-size: .9375rem;
  font-weight: 600;
  min-block-size: 2.25rem;
  padding: .25rem .75rem;
}
button.danger { color: var(--_danger); }
button.first { background: var(--_accent); border-color: var(--_accent); color: var(--_surface); }
button.first.danger { background: var(--_danger); border-color: var(--_danger); }
button:disabled { cursor: default; opacity: .6; }
:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
input {
  background: var(--_surface);
  border: 1px solid var(--_muted);
  border-radius: calc(var(--_radius) * .6);
  color: inherit;
  font: inherit;
  inline-size: 100%;
  min-block-size: 2.25rem;
  padding: .25rem .6rem;
}
label { display: grid; gap: .25rem; }
form { display: grid; gap: .5rem; }
.told { border: 1px solid var(--_border); border-inline-start: 4px solid var(--_accent); border-radius: calc(var(--_radius) * .6); margin-block-end: 1rem; padding: .6rem 1rem; }
.told:empty { display: none; }
.told.refused { border-inline-start-color: var(--_danger); }
dialog { background: var(--_surface); border: 1px solid var(--_border); border-radius: var(--_radius); color: inherit; inline-size: min(26rem, calc(100vw - 2rem)); padding: 1.25rem; }
dialog::backdrop { background: rgb(0 0 0 / 45%); }
dialog p { margin-block: .5rem 1rem; }
.history { margin-block-start: 1.5rem; }
.history summary { cursor: pointer; font-weight: 600; }
.history li { border-block-end: 1px solid var(--_border); display: grid; padding-block: .5rem; overflow-wrap: anywhere; }
.history button { margin-block-start: .75rem; }
@container (max-width: 28rem) {
  .actions button { flex: 1 1 auto; }
}
`;

import type { Device } from '@symbolon/web';
import { date, element, form, words } from './view.js';

/** The longest name that the service takes. */
const longestName = 100;

/** Asks what the device is to be called. */
export function registration(run: (deviceName: string) => void): HTMLElement {
  const name = element('input', { id: 'name', maxLength: longestName, autocomplete: 'off' });
  const hint = element('small', { id: 'hint', textContent: words.register.hint });
  name.setAttribute('aria-describedby', hint.id);
  const label = element('label', { htmlFor: name.id, textContent: words.register.name });
  return form(words.register.submit, () => run(name.value.trim()), label, name, hint);
}

/** Asks which device is to make room; the longest unused is chosen unless the person chooses. */
export function replacement(choices: Device[], run: (deviceId: string) => void): HTMLElement {
  const { legend, submit } = words.limit;
  const options = choices.map((device, at) => ({ device, radio: radioOf(device, at === 0) }));
  const group = element('fieldset', {}, element('legend', { textContent: legend }));
  for (const { device, radio } of options) {
    group.append(element('label', { className: 'choice' }, radio, describe(device)));
  }
  const chosen = () => options.find(({ radio }) => radio.checked)?.device.deviceId;
  return form(submit, () => run(chosen() ?? ''), group);
}

function radioOf({ deviceId }: Device, checked: boolean): HTMLInputElement {
  return element('input', { type: 'radio', name: 'device', value: deviceId, checked });
}

function describe({ deviceName, lastUsedAt }: Device): HTMLElement {
  const { lastUsed, neverUsed } = words.limit;
  const used = element('small', { textContent: lastUsedAt ? lastUsed(date(lastUsedAt)) : neverUsed });
  return element('span', {}, element('span', { textContent: deviceName }), used);
}

import { connect } from './activity.js';
import { get, type Progress, type Settings } from './api.js';
import { Bank } from './bank.js';
import { ThisBrowser } from './device.js';
import { Message } from './dom.js';
import { onPretence } from './pretence.js';
import { setThresholds } from './risk.js';
import { openStage } from './stage/stage.js';
import { words } from './words.js';

const root = document.getElementById('bank') as HTMLElement;

try {
  const settings = await get<Settings>('settings');
  connect(settings);
  setThresholds(settings);
  // The stage is the demo's; shown in a frame, or as the other browser, the bank is alone.
  if (window.parent === window && location.origin === settings.origin) {
    openStage(settings);
  } else {
    document.documentElement.classList.add('framed');
  }
  const bank = new Bank(root, new ThisBrowser(settings));
  onPretence(() => void bank.refresh());
  await bank.open(await get<Progress>('session'));
} catch {
  const message = new Message();
  message.show(words.refusals['unreachable'] as string);
  root.replaceChildren(message.element);
}

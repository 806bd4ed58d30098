// Takes a picture of every screen, at phone and desktop width, light and dark, into out/screenshots.
import { mkdir } from 'node:fs/promises';
import { launch } from './harness/person.mjs';
import { startDemo } from './harness/demo.mjs';
import { eachState } from './harness/check_states.mjs';
import { eachScreen } from './harness/screens.mjs';

const folder = new URL('../out/screenshots/', import.meta.url).pathname;
const widths = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };

await mkdir(folder, { recursive: true });
const browser = await launch();
for (const [size, viewport] of Object.entries(widths)) {
  for (const colorScheme of ['light', 'dark']) {
    const ends = [];
    const demo = await startDemo();
    const options = { viewport, colorScheme };
    const stage = { after: (end) => ends.push(end) };
    const look = async (name, page) => {
      await page.screenshot({ path: `${folder}${name.replaceAll(/\W+/g, '-')}-${size}-${colorScheme}.png`, fullPage: true });
    };
    try {
      await eachScreen(stage, browser, demo, { user: 'alice', options }, look);
      await eachState(stage, browser, options, (title, page) => look(`check ${title}`, page));
    } finally {
      await Promise.all(ends.map((end) => end()));
      await demo.close();
    }
  }
}
await browser.close();
console.log(`The pictures are in ${folder}`);

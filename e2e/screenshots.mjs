// Takes a picture of every screen, at phone and desktop width, light and dark, into out/screenshots.
import { mkdir } from 'node:fs/promises';
import { launch } from './harness/person.mjs';
import { startDemo } from './harness/demo.mjs';
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
    try {
      await eachScreen({ after: (end) => ends.push(end) }, browser, demo, { user: 'alice', options }, async (name, page) => {
        await page.screenshot({ path: `${folder}${name}-${size}-${colorScheme}.png`, fullPage: true });
      });
    } finally {
      await Promise.all(ends.map((end) => end()));
      await demo.close();
    }
  }
}
await browser.close();
console.log(`The pictures are in ${folder}`);

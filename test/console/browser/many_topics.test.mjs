// Ten thousand topics: the first rows at once, and scrolling without a stop. The
// machine is shared, so the best of a few attempts says what the page needs, and
// frames are judged by the work in them; by the clock with CONSOLE_LONG only.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { close, visit, withPage } from "./page.mjs";

after(close);

const attempts = 5;
const frames = 120;

/** The least of several measurements; stops when one is good enough. */
async function best(limit, measure) {
  let least = Infinity;
  for (let i = 0; i < attempts && least >= limit; i++) least = Math.min(least, await measure());
  return least;
}

async function firstRows(page) {
  await visit(page, "overview", "Overview");
  const began = Date.now();
  await page.getByRole("link", { name: "Topics", exact: true }).first().click();
  await page.getByRole("link", { name: /^many-/ }).first().waitFor();
  return Date.now() - began;
}

/** The processor time, in ms a frame, that the page's thread needs to scroll. */
async function work(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  const used = async () => (await cdp.send("Performance.getMetrics")).metrics.find((m) => m.name === "TaskDuration").value * 1000;
  const before = await used();
  await scrolled(page);
  return (await used() - before) / frames;
}

/** Scrolls through the list and returns the time that nine frames of ten stayed below. */
const scrolled = (page) => page.evaluate(async (frames) => {
  const area = document.querySelector('[aria-label="Topics, scrollable"]');
  const gaps = [];
  let last = performance.now();
  for (let i = 0; i < frames; i++) {
    area.scrollTop += 400;
    await new Promise(requestAnimationFrame);
    gaps.push(performance.now() - last);
    last = performance.now();
  }
  return gaps.sort((a, b) => a - b)[Math.floor(gaps.length * 0.9)];
}, frames);

test("10,000 topics", { timeout: 180_000 }, async (t) => {
  await withPage(t, {}, async (page) => {
    const rows = await best(1000, () => firstRows(page));
    assert.ok(rows < 1000, `first rows after ${rows} ms`);
    const needed = await best(20, () => work(page));
    assert.ok(needed > 0 && needed < 20, `${needed.toFixed(1)} ms of work a frame`); // 50 frames a second
    if (process.env.CONSOLE_LONG) {
      const frame = await best(50, () => scrolled(page));
      assert.ok(frame < 50, `nine frames of ten within ${frame.toFixed(1)} ms`);
    }

    await page.evaluate(() => { const a = document.querySelector('[aria-label="Topics, scrollable"]'); a.scrollTop = a.scrollHeight; });
    await page.getByRole("link", { name: "many-9999", exact: true }).waitFor();
    await page.getByRole("searchbox").fill("many-1234");
    await page.getByRole("link", { name: "many-1234", exact: true }).waitFor();
    assert.match(await page.locator("main").innerText(), /1 of 10,0/);
  });
});

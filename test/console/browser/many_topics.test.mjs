// Ten thousand topics: the first rows at once, and scrolling without a stop.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { close, visit, withPage } from "./page.mjs";

after(close);

test("10,000 topics", { timeout: 120_000 }, async (t) => {
  await withPage(t, {}, async (page) => {
    await visit(page, "overview", "Overview");
    const began = Date.now();
    await page.getByRole("link", { name: "Topics", exact: true }).first().click();
    await page.getByRole("link", { name: /^many-/ }).first().waitFor();
    assert.ok(Date.now() - began < 1000, `first rows after ${Date.now() - began} ms`);

    const smooth = await page.evaluate(async () => {
      const area = document.querySelector('[aria-label="Topics, scrollable"]');
      const gaps = [];
      let last = performance.now();
      for (let i = 0; i < 120; i++) {
        area.scrollTop += 400;
        await new Promise(requestAnimationFrame);
        gaps.push(performance.now() - last);
        last = performance.now();
      }
      return gaps.sort((a, b) => a - b)[Math.floor(gaps.length * 0.9)];
    });
    assert.ok(smooth < 50, `nine frames of ten within ${smooth.toFixed(1)} ms`);
    await page.evaluate(() => { const a = document.querySelector('[aria-label="Topics, scrollable"]'); a.scrollTop = a.scrollHeight; });
    await page.getByRole("link", { name: "many-9999", exact: true }).waitFor();

    await page.getByRole("searchbox").fill("many-1234");
    await page.getByRole("link", { name: "many-1234", exact: true }).waitFor();
    assert.match(await page.locator("main").innerText(), /1 of 10,0/);
  });
});

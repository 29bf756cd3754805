// Live: a tail of 100,000 messages with a bounded heap, and the broker's absence.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { close, visit, withPage } from "./page.mjs";

after(close);

const control = process.env.CONTROL_URL;
const tell = async (what) => assert.equal((await fetch(`${control}/${what}`, { method: "POST" })).status, 200, what);

test("a live tail of 100,000 messages keeps its heap", { timeout: 180_000 }, async (t) => {
  await withPage(t, {}, async (page) => {
    await visit(page, "topics/tail/messages?from=live", "tail");
    await page.getByText("Waiting for messages.").waitFor();
    const seconds = Number(process.env.TAIL_SECONDS);
    await tell(`flood?messages=100000&seconds=${seconds}`);
    let most = 0;
    const until = Date.now() + (seconds + 5) * 1000;
    while (Date.now() < until) {
      await page.waitForTimeout(1000);
      most = Math.max(most, await page.evaluate(() => performance.memory.usedJSHeapSize));
    }
    const text = await page.locator("main").innerText();
    const number = (pattern) => Number(text.match(pattern)?.[1].replaceAll(",", "") ?? NaN);
    assert.ok(number(/([\d,]+) seen/) >= 100_000, text.match(/.* seen.*/)?.[0]);
    assert.equal(number(/([\d,]+) shown/) + (number(/([\d,]+) dropped/) || 0) >= 100_000, true, "shown and dropped add up to what was seen");
    assert.ok(most < 200 << 20, `heap of ${Math.round(most / (1 << 20))} MB`);

    await page.getByRole("button", { name: "Pause", exact: true }).click();
    await page.getByRole("button", { name: "Go on" }).waitFor();
  });
});

test("the broker stops and comes back while the page is open", { timeout: 120_000 }, async (t) => {
  await withPage(t, { allow: /Failed to load resource|net::ERR/ }, async (page) => {
    await visit(page, "topics/orders/partitions", "orders");
    await page.getByRole("table", { name: "Partitions" }).getByText("in sync").first().waitFor();
    await tell("stop");
    await page.getByText("does not answer").first().waitFor({ timeout: 30_000 });
    await tell("start");
    await page.getByText("does not answer").first().waitFor({ state: "detached", timeout: 30_000 });
    await page.getByRole("table", { name: "Partitions" }).getByText("in sync").first().waitFor();
  });
});

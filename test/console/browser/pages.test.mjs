// Every page: accessible in both themes, as wide as its window, drawn in time.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { assertAccessible, close, overflows, screenshots, visit, withPage } from "./page.mjs";

after(close);

/** Every page, with the heading that says that it is there and what it waits for. */
const pages = [
  ["overview", "overview", "Overview"],
  ["topics", "topics", "Topics"],
  ["create-topic", "topics?create=1", "Topics"],
  ["messages", "topics/orders/messages", "orders"],
  ["message", "topics/orders/messages?message=0-0", "orders"],
  ["produce", "topics/orders/messages?produce=1", "orders"],
  ["partitions", "topics/orders/partitions", "orders"],
  ["topic-groups", "topics/orders/groups", "orders"],
  ["topic-config", "topics/orders/config", "orders"],
  ["producers", "topics/orders/producers", "orders"],
  ["groups", "groups", "Consumer groups"],
  ["group", "groups/Pizza", "Pizza"],
  ["brokers", "brokers", "Brokers"],
  ["broker", "brokers/1/configs", "Broker 1"],
  ["broker-disks", "brokers/1/logdirs", "Broker 1"],
  ["learn", "learn", "Learn"],
];

for (const theme of ["light", "dark"]) {
  for (const [name, place, heading] of pages) {
    test(`${name} is accessible, ${theme}`, { timeout: 60_000 }, async (t) => {
      await withPage(t, { axe: true, context: { colorScheme: theme, reducedMotion: "reduce" } }, async (page) => {
        await visit(page, place, heading);
        await settled(page);
        await assertAccessible(page, `${name}, ${theme}`);
        await shot(page, `${name}-${theme}`);
      });
    });
  }
}

for (const [name, place, heading] of pages) {
  test(`${name} fits a telephone and 400 % zoom`, { timeout: 60_000 }, async (t) => {
    await withPage(t, { context: { viewport: { width: 360, height: 740 } } }, async (page) => {
      await visit(page, place, heading);
      await settled(page);
      assert.equal(await overflows(page), false, "360 px");
      await shot(page, `${name}-phone`);
      await page.setViewportSize({ width: 320, height: 256 }); // 1280 × 1024 at 400 %
      assert.equal(await overflows(page), false, "400 %");
    });
  });
}

test("pages are drawn within 300 ms", { timeout: 120_000 }, async (t) => {
  await withPage(t, {}, async (page) => {
    const late = [];
    for (const [name, place, heading] of pages) {
      const times = [];
      for (let i = 0; i < 5 && !(Math.min(...times) < 300); i++) {
        await visit(page, place, heading);
        times.push(await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN));
      }
      const best = Math.min(...times); // the machine is shared: the best says what the page needs
      if (!(best < 300)) late.push(`${name}: ${times.map((n) => Math.round(n)).join(", ")} ms`);
    }
    assert.deepEqual(late, []);
  });
});

async function settled(page) {
  await page.waitForFunction(() => ![...document.querySelectorAll("main [role=status]")].some((e) => e.textContent === "Loading…"));
}

async function shot(page, name) {
  if (!screenshots) return;
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
}

// Every page: accessible in both themes, as wide as its window, drawn in time. The
// Lab has a file of its own: it exists under "brolga lab" only.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { assertAccessible, assertFits, close, inTheme, settled, shot, themes, visit, withPage } from "./page.mjs";

after(close);

/** Every page, with the heading that says that it is there, and what is done on it first. */
const pages = [
  ["overview", "overview", "Overview"],
  ["connect", "overview", "Overview", (page) => page.getByRole("button", { name: "How to connect" }).click()],
  ["palette", "overview", "Overview", (page) => page.keyboard.press("Control+k")],
  ["clusters", "/clusters", "Clusters"],
  ["topics", "topics", "Topics"],
  ["create-topic", "topics?create=1", "Topics"],
  ["messages", "topics/orders/messages", "orders"],
  ["search", `topics/orders/messages?filter=${encodeURIComponent("value.amount > 190 && has(headers.trace)")}`, "orders"],
  ["message", "topics/orders/messages?message=0-0", "orders"],
  ["produce", "topics/orders/messages?produce=1", "orders"],
  ["partitions", "topics/orders/partitions", "orders"],
  ["topic-groups", "topics/orders/groups", "orders"],
  ["topic-config", "topics/orders/config", "orders"],
  ["producers", "topics/orders/producers", "orders"],
  ["groups", "groups", "Consumer groups"],
  ["group", "groups/Pizza", "Pizza"],
  ["reset", "groups/Pizza", "Pizza", async (page) => {
    await page.getByRole("button", { name: "Reset offsets…" }).click();
    await page.getByText("will be read again").waitFor();
  }],
  ["brokers", "brokers", "Brokers"],
  ["broker", "brokers/1/configs", "Broker 1"],
  ["broker-disks", "brokers/1/logdirs", "Broker 1"],
  ["learn", "learn", "Learn"],
];

for (const [name, place, heading, act] of pages) {
  test(`${name} is accessible in both themes, on a telephone, at 400 % zoom`, { timeout: 60_000 }, async (t) => {
    await withPage(t, { axe: true, context: { reducedMotion: "reduce" } }, async (page) => {
      await visit(page, place, heading);
      await act?.(page);
      await settled(page);
      for (const theme of themes) {
        await inTheme(page, theme);
        await assertAccessible(page, `${name}, ${theme}`);
        await shot(page, `${name}-${theme}`);
      }
      await inTheme(page, "light");
      await assertFits(page, name);
    });
  });
}

test("pages are drawn within 300 ms", { timeout: 120_000 }, async (t) => {
  await withPage(t, {}, async (page) => {
    const late = [];
    for (const [name, place, heading] of pages.filter(([, , , act]) => !act)) {
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

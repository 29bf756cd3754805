// The Lab page under "brolga lab" with three brokers: one is stopped and started by
// click, and the topic's leaders and in-sync replicas follow.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { assertAccessible, assertFits, close, inTheme, settled, shot, themes, visit, withPage } from "./page.mjs";
import { killTools, run } from "./tool.mjs";

after(close);
after(killTools);

const topic = "testreplicated";
const patient = { timeout: 60_000 };

/** The rows of the topic's partitions as {leader, isr}. */
const partitions = (page) => page.locator('[role=table][aria-label=Partitions] [role=row][aria-rowindex]:not([aria-rowindex="1"])').evaluateAll((rows) =>
  rows.map((r) => [...r.querySelectorAll("[role=cell]")].map((c) => c.textContent)).map((c) => ({ state: c[1], leader: Number.parseInt(c[2], 10), isr: c[4].split(", ").map(Number) })));

/** Waits until the partitions are as they should be, without touching the page. */
async function until(page, what, holds) {
  let rows = [];
  for (const end = Date.now() + patient.timeout; Date.now() < end; await page.waitForTimeout(200)) {
    rows = await partitions(page);
    if (rows.length === 3 && holds(rows)) return;
  }
  assert.fail(`${what}: ${JSON.stringify(rows)}`);
}

const toTopic = (page) => page.getByRole("link", { name: "All about its partitions" }).click();
const toLab = (page) => page.getByRole("link", { name: "Lab", exact: true }).click();
const row = (page, broker) => page.getByRole("table", { name: "Brokers of the lab" }).getByRole("row", { name: new RegExp(`^Broker ${broker} `) });

test("a broker is stopped and started by click", { timeout: 240_000 }, async (t) => {
  await run("topics", ["--create", "--topic", topic, "--partitions", "3", "--replication-factor", "3"]);
  await withPage(t, {}, async (page) => {
    await visit(page, "lab", "Lab");
    for (const broker of [1, 2, 3]) await row(page, broker).getByText("running").waitFor(patient);
    await toTopic(page);
    await until(page, "all in sync at first", (rows) => rows.every((p) => p.isr.length === 3) && rows.some((p) => p.leader === 2));

    await toLab(page);
    await page.getByRole("button", { name: "Stop broker 2" }).click();
    await row(page, 2).getByText("stopped").waitFor(patient);
    await page.locator("main").getByText("brolga lab stop 2").waitFor();
    await toTopic(page);
    await until(page, "2 has left", (rows) => rows.every((p) => p.leader !== 2 && p.leader > 0 && !p.isr.includes(2) && p.isr.length === 2));

    await toLab(page);
    await page.getByRole("button", { name: "Start broker 2" }).click();
    await row(page, 2).getByText("running").waitFor(patient);
    await toTopic(page);
    await until(page, "in sync again", (rows) => rows.every((p) => p.isr.length === 3 && p.state === "in sync"));
  });
});

test("the Lab is accessible in both themes, with a broker away", { timeout: 180_000 }, async (t) => {
  await withPage(t, { axe: true, context: { reducedMotion: "reduce" } }, async (page) => {
    await visit(page, "lab", "Lab");
    await page.getByRole("button", { name: "Stop broker 3" }).click();
    await row(page, 3).getByText("stopped").waitFor(patient);
    await page.getByRole("img", { name: /broker \d leads, in sync \d \d(;|$)/ }).waitFor(patient);
    await page.getByRole("button", { name: "Dismiss" }).first().click({ timeout: 1000 }).catch(() => undefined);
    for (const place of ["lab", "topic"]) {
      if (place === "topic") await toTopic(page);
      await settled(page);
      for (const theme of themes) {
        await inTheme(page, theme);
        await assertAccessible(page, `${place}, ${theme}`);
        await shot(page, `${place === "lab" ? "lab" : "partitions-away"}-${theme}`);
      }
    }
    await toLab(page);
    await inTheme(page, "light");
    await assertFits(page, "lab");
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByRole("button", { name: "Start broker 3" }).click();
    await row(page, 3).getByText("running").waitFor(patient);
  });
});

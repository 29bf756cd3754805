// The lab's part B from clicks only.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { close, visit, withPage } from "./page.mjs";

after(close);

/** Sends the form of the open dialog with copies of a message. */
async function produce(page, { key, value, copies }) {
  await page.getByRole("button", { name: "Produce", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("With a key").setChecked(key !== undefined);
  if (key !== undefined) await dialog.getByRole("textbox", { name: "Key", exact: true }).fill(key);
  await dialog.getByRole("textbox", { name: "Value", exact: true }).fill(value);
  await dialog.getByLabel("Copies").fill(String(copies));
  await dialog.getByText("kafka-console-producer").waitFor();
  await dialog.getByRole("button", { name: `Send ${copies} messages` }).click();
  await dialog.waitFor({ state: "detached" });
}

/** The rows of the messages table as {partition, key, value}. */
async function messages(page) {
  return page.locator('[role=table][aria-label=Messages] [role=row][aria-rowindex]:not([aria-rowindex="1"])').evaluateAll((rows) =>
    rows.map((r) => [...r.querySelectorAll("[role=cell]")].map((c) => c.textContent)).map(([partition, offset, , key, value]) => ({ partition, offset, key, value })));
}

async function refreshed(page, n) {
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.getByText(`${n} messages in`, { exact: false }).first().waitFor();
  return messages(page);
}

test("part B: topic, messages without and with a key", { timeout: 120_000 }, async (t) => {
  await withPage(t, {}, async (page) => {
    await visit(page, "topics", "Topics");
    // 0. Create mytopic with 5 partitions.
    await page.getByRole("button", { name: "Create a topic" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name", { exact: true }).fill("mytopic");
    await dialog.getByLabel("Partitions", { exact: true }).fill("5");
    await dialog.getByText(/kafka-topics .*--create --topic mytopic .*--partitions 5/).waitFor();
    await dialog.getByRole("button", { name: "Create", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "mytopic" }).waitFor();

    // 1. Find it; in-sync replicas, replication factor, configs.
    await page.getByRole("link", { name: "Topics", exact: true }).first().click();
    await page.getByRole("searchbox", { name: "Search topics by name" }).fill("myto");
    await page.getByRole("link", { name: "mytopic", exact: true }).click();
    await page.getByText("5 partitions × 1 replica").waitFor();
    await page.getByRole("link", { name: "Partitions", exact: true }).click();
    await page.getByRole("table", { name: "Partitions" }).getByText("in sync").first().waitFor();
    await page.getByRole("link", { name: "Config", exact: true }).click();
    await page.getByText("retention.ms", { exact: true }).waitFor();
    await page.getByRole("link", { name: "Messages", exact: true }).click();

    // 2, 3. Ten without a key: spread over the five.
    await produce(page, { value: "hello", copies: 10 });
    const keyless = await refreshed(page, 10);
    assert.equal(keyless.length, 10);
    assert.deepEqual([...new Set(keyless.map((m) => m.partition))].sort(), ["0", "1", "2", "3", "4"]);
    assert.ok(keyless.every((m) => m.key === "null" && m.value === "hello"));

    // 4, 5. Ten with a key: all where the Java client puts "my key" (murmur2 % 5).
    await produce(page, { key: "my key", value: "keyed", copies: 10 });
    const all = await refreshed(page, 20);
    const keyed = all.filter((m) => m.key === "my key");
    assert.equal(keyed.length, 10);
    assert.deepEqual([...new Set(keyed.map((m) => m.partition))], [process.env.KEY_PARTITION]);
  });
});

test("the form keeps its contents, one message in full, a tombstone", { timeout: 60_000 }, async (t) => {
  await withPage(t, {}, async (page) => {
    await visit(page, "topics/mytopic/messages", "mytopic");
    await produce(page, { key: "k", value: '{"id":9007199254740993,"name":"<b>x</b>"}', copies: 1 + 1 });
    await page.getByRole("button", { name: "Produce", exact: true }).click();
    assert.match(await page.getByRole("dialog", { name: /^Produce/ }).getByRole("textbox", { name: "Value", exact: true }).inputValue(), /9007199254740993/);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Refresh" }).click();
    await page.getByRole("table", { name: "Messages" }).getByText("9007199254740993").first().waitFor();
    await page.getByRole("button", { name: /^Open partition/ }).first().click();
    const panel = page.getByRole("complementary", { name: "Message" });
    await panel.getByText("9007199254740993", { exact: true }).waitFor();
    await panel.getByText('"<b>x</b>"').waitFor(); // text, never markup
    assert.equal(await panel.locator("b").count(), 0);
  });
});

test("search and filter run on the server", { timeout: 60_000 }, async (t) => {
  await withPage(t, {}, async (page) => {
    await visit(page, "topics/mytopic/messages?q=KEYED", "mytopic");
    await page.getByText(/^10 found/).waitFor();
    await visit(page, "topics/mytopic/messages?filter=" + encodeURIComponent('key == "my key" && offset >= 0'), "mytopic");
    await page.getByText(/^10 found/).waitFor();
    await page.getByLabel("Filter expression").fill("key ==");
    await page.getByRole("alert").waitFor();
  });
});

test("delete asks for the name", { timeout: 60_000 }, async (t) => {
  await withPage(t, {}, async (page) => {
    await visit(page, "topics", "Topics");
    await page.getByRole("button", { name: "Create a topic" }).first().click();
    await page.getByRole("dialog").getByLabel("Name", { exact: true }).fill("gone");
    await page.getByRole("dialog").getByRole("button", { name: "Create", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "gone" }).waitFor();
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Delete topic…" }).click();
    const button = page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true });
    assert.equal(await button.isDisabled(), true);
    await page.getByLabel("Type gone to confirm").fill("gone");
    await button.click();
    await page.getByRole("heading", { level: 1, name: "Topics" }).waitFor();
    await page.getByRole("link", { name: "gone", exact: true }).waitFor({ state: "detached" });
  });
});

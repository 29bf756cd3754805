// The tour: its steps notice by themselves what was done by click or by command
// line, and tell what happened with the reader's own data.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { murmur2 } from "./murmur2.mjs";
import { close, shot, visit, withPage } from "./page.mjs";
import { interrupt, killTools, run, tool } from "./tool.mjs";

after(close);
after(killTools);

const patient = { timeout: 45_000 };
const topic = "mytopic";
const key = "my key";

const open = (page, name) => page.getByRole("button", { name: new RegExp(name) }).first().click();
const noticed = (page, n) => page.getByText(`${n} of 7 done`).waitFor(patient);
const told = async (page) => (await page.getByRole("region", { name: "What happened" }).or(page.locator("section", { has: page.getByRole("heading", { name: "What happened" }) })).first().innerText());
const keyed = (from, n) => Array.from({ length: n }, (_, i) => `${key}:${from + i}`);
const consume = () => tool("console-consumer", ["--topic", topic, "--group", "Pizza", "--from-beginning"]);
const send = (lines) => run("console-producer", ["--topic", topic, "--property", "parse.key=true", "--property", "key.separator=:"], lines);

test("create and spread by clicks", { timeout: 150_000 }, async (t) => {
  await withPage(t, {}, async (page) => {
    await visit(page, "learn", "Learn");
    await noticed(page, 0);
    await page.getByRole("link", { name: "open the form" }).click();
    const create = page.getByRole("dialog");
    await create.getByLabel("Name", { exact: true }).fill(topic);
    await create.getByLabel("Partitions", { exact: true }).fill("5");
    await create.getByRole("button", { name: "Create", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: topic }).waitFor();

    await page.getByRole("link", { name: "Learn", exact: true }).click();
    await noticed(page, 1);
    await open(page, "Produce without a key");
    await page.getByRole("link", { name: "produce here" }).click();
    const produce = page.getByRole("dialog");
    await produce.getByRole("textbox", { name: "Value", exact: true }).fill("hello");
    await produce.getByLabel("Copies").fill("10");
    await produce.getByRole("button", { name: "Send 10 messages" }).click();
    const places = page.getByRole("list", { name: "Where the messages went" });
    await places.waitFor();
    assert.equal(await places.getByRole("listitem").count(), 5);

    await page.getByRole("link", { name: "Learn", exact: true }).click();
    await noticed(page, 2);
    await open(page, "Produce without a key");
    assert.equal((await told(page)).match(/Partition \d\s+2\b/g)?.length, 5, "two in each of five");
  });
});

test("a key by the command line, told with its numbers", { timeout: 120_000 }, async (t) => {
  await withPage(t, {}, async (page) => {
    await visit(page, "learn?step=key", "Learn");
    await send(keyed(0, 10));
    await noticed(page, 4); // twenty records can be read now, too
    const hash = murmur2(key);
    const positive = hash & 0x7fffffff;
    assert.equal(String(positive % 5), process.env.KEY_PARTITION, "two partitioners agree");
    const text = await told(page);
    assert.match(text, new RegExp(`All of them are in partition ${process.env.KEY_PARTITION}`));
    assert.ok(text.includes("murmur2") && text.includes(String(positive % 5)), text);
    await page.getByText("Number by number").click();
    await page.getByText(`As a signed number ${hash}, without its sign bit ${positive}; divided by 5 the remainder is ${positive % 5}.`).waitFor();
    assert.ok(await page.getByRole("table", { name: "Steps of murmur2" }).getByRole("row").count() >= 4); // its head, and a row for each step
    await shot(page, "learn-key-light");
  });
});

test("a group and its lag", { timeout: 240_000 }, async (t) => {
  await withPage(t, {}, async (page) => {
    await visit(page, "learn?step=group", "Learn");
    const first = consume();
    await noticed(page, 5);
    await page.getByText(/The group is Stable, with 1 member\./).waitFor(patient);
    await page.getByText(/add up to 20:/).waitFor(patient); // its next commit
    await interrupt(first);

    await open(page, "Let lag grow and drain");
    await send(keyed(10, 7));
    await page.getByText("is now 7; the largest seen lately was 7.").waitFor(patient);
    const second = consume();
    await noticed(page, 6);
    await page.getByText("is now 0; the largest seen lately was 7.").waitFor(patient);
    await interrupt(second);

    // What was done stays done, whatever comes.
    await send(keyed(17, 3));
    await page.getByText("is now 3;").waitFor(patient);
    await noticed(page, 6);
  });
});

// The page without a mouse.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { close, visit, withPage } from "./page.mjs";

after(close);

const focused = (page) => page.evaluate(() => document.activeElement?.getAttribute("aria-label") || document.activeElement?.textContent?.trim() || document.activeElement?.tagName);

test("a walk by keyboard alone", { timeout: 60_000 }, async (t) => {
  await withPage(t, {}, async (page) => {
    await visit(page, "overview", "Overview");
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "Skip to the content");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");

    await page.keyboard.press("g");
    await page.keyboard.press("t");
    await page.getByRole("heading", { level: 1, name: "Topics" }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("orders");
    await page.getByRole("link", { name: "orders", exact: true }).waitFor();

    await page.keyboard.press("Control+k");
    await page.keyboard.type("Pizza");
    await page.getByRole("option", { name: /Pizza/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Pizza" }).waitFor();

    await page.getByRole("button", { name: "More" }).focus();
    await page.keyboard.press("Enter");
    assert.match(await focused(page), /Delete offsets/);
    await page.keyboard.press("ArrowDown");
    assert.match(await focused(page), /Delete group/);
    await page.keyboard.press("Escape");
    assert.match(await focused(page), /More/);
    await page.keyboard.press("Enter");
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });
});

test("everything that can be pressed can be reached and is seen", { timeout: 60_000 }, async (t) => {
  await withPage(t, {}, async (page) => {
    await visit(page, "topics/orders/messages", "orders");
    await page.getByRole("button", { name: /^Open partition/ }).first().waitFor();
    const seen = new Set();
    for (let i = 0; i < 120; i++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const e = document.activeElement;
        if (!e || e === document.body) return null;
        const box = e.getBoundingClientRect();
        return { name: e.getAttribute("aria-label") || e.textContent.trim() || e.tagName, seen: box.width > 0 && box.height > 0, outline: getComputedStyle(e).outlineStyle };
      });
      if (!at) break;
      assert.ok(at.seen, `${at.name} has the focus and no place`);
      assert.notEqual(at.outline, "none", `${at.name} has the focus and does not show it`);
      seen.add(at.name);
    }
    for (const name of ["Overview", "Topics", "Produce", "Read from", "Refresh"]) assert.ok([...seen].some((s) => s.includes(name)), `${name} is never reached`);
  });
});

// Changes with their preview, their mistakes and their way back.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { close, visit, withPage } from "./page.mjs";

after(close);

const offsets = (page) => page.locator('[role=table][aria-label="Offsets by partition"] [role=row][aria-rowindex]:not([aria-rowindex="1"])');
const committed = (page) => offsets(page).evaluateAll((rows) => rows.map((r) => [...r.querySelectorAll("[role=cell]")].slice(1, 3).map((c) => c.textContent).join(":")).sort());

test("a reset is shown, done and undone", { timeout: 90_000 }, async (t) => {
  await withPage(t, {}, async (page) => {
    await visit(page, "groups/Pizza", "Pizza");
    await offsets(page).first().waitFor();
    const before = await committed(page);
    assert.ok(before.length > 0);
    await page.getByRole("button", { name: "Reset offsets…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("50 records will be read again, 0 skipped.").waitFor();
    await dialog.getByText(/kafka-consumer-groups .*--reset-offsets .*--to-earliest/).waitFor();
    await dialog.getByRole("button", { name: "Reset", exact: true }).click();
    await page.getByRole("button", { name: "Undo the reset…" }).click();
    await dialog.getByRole("button", { name: "Undo", exact: true }).click();
    await page.getByRole("button", { name: "Undo the reset…" }).waitFor({ state: "detached" });
    for (const end = Date.now() + 20_000; Date.now() < end && String(await committed(page)) !== String(before);) await page.waitForTimeout(200);
    assert.deepEqual(await committed(page), before);
  });
});

test("a mistake stands at its field", { timeout: 60_000 }, async (t) => {
  await withPage(t, {}, async (page) => {
    await visit(page, "topics/orders/config", "orders");
    await page.getByRole("button", { name: "Change retention.ms" }).click();
    const value = page.getByRole("dialog").getByLabel("Value", { exact: true });
    await value.fill("a week");
    await page.locator("dialog [aria-invalid=true]").waitFor();
    await value.fill("604800001");
    await page.locator("dialog [aria-invalid=true]").waitFor({ state: "detached" });
    await page.getByRole("dialog").getByText(/kafka-configs .*retention\.ms=604800001/).waitFor();
  });
});

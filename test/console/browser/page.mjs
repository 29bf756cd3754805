// A browser and a page for one test, and what the tests ask of a page.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

/** Where the console under test is, without a slash at the end. */
export const base = process.env.CONSOLE_URL;
const screenshots = process.env.SCREENSHOTS;

export const themes = ["light", "dark"];

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser;

async function open() {
  browser ??= await chromium.launch({
    executablePath: process.env.CHROMIUM, headless: true,
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--enable-precise-memory-info", "--js-flags=--expose-gc"],
  });
  return browser;
}

/** Closes the browser; each file's last test calls it. */
export async function close() {
  await browser?.close();
  browser = undefined;
}

/** A refused form, and a browser that starts anew because an interface of the machine came or went (containers do that). */
const harmless = /status of 4\d\d|net::ERR_NETWORK_CHANGED/;

/**
 * A page of its own for a test. What the page logs as an error, and what the
 * policy of its content refuses, fails the test; that the server refused a form which
 * is not filled in yet does not.
 */
export async function withPage(t, options, run) {
  const context = await (await open()).newContext({ viewport: { width: 1280, height: 800 }, bypassCSP: options.axe === true, ...options.context });
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (e) => problems.push(String(e)));
  page.on("console", (m) => m.type() === "error" && !harmless.test(m.text()) && !options.allow?.test(m.text()) && problems.push(m.text()));
  t.after(() => context.close());
  await run(page, context);
  assert.deepEqual(problems, []);
}

let cluster;

/** Goes to a place of the built-in cluster, or of the console where it begins with a slash, and waits until it is drawn. */
export async function visit(page, place, heading) {
  cluster ??= (await (await fetch(`${base}/api/v1/meta`)).json()).defaultCluster;
  await page.goto(place.startsWith("/") ? base + place : `${base}/clusters/${cluster}/${place}`);
  await page.getByRole("heading", { level: 1, name: heading }).waitFor();
}

/** Shows the page in a theme and waits until it is painted: styles of a page that is being drawn anew lag a frame behind. */
export async function inTheme(page, theme) {
  await page.emulateMedia({ colorScheme: theme });
  await page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
    await Promise.allSettled(document.getAnimations().filter((a) => a.effect?.getTiming().iterations !== Infinity).map((a) => a.finished));
  });
}

/** Fails with every rule of WCAG AA that the page breaks. */
export async function assertAccessible(page, what) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
  const broken = result.violations.map((v) => `${v.id}: ${v.help}\n${v.nodes.slice(0, 3).map((n) => `    ${n.html.slice(0, 160)}\n    ${n.failureSummary.split("\n").slice(1, 3).join(" ")}`).join("\n")}`);
  assert.deepEqual(broken, [], what);
}

/** Waits until nothing on the page is on its way. */
export const settled = (page) =>
  page.waitForFunction(() => ![...document.querySelectorAll("main [role=status]")].some((e) => e.textContent === "Loading…"));

/** Keeps a picture of the page, where pictures are wanted. */
export async function shot(page, name) {
  if (!screenshots) return;
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
}

/** Whether the page is wider than its window. */
const overflows = (page) => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);

/** Fails where the page is wider than a telephone, or than a window at 400 % zoom. */
export async function assertFits(page, name) {
  await page.setViewportSize({ width: 360, height: 740 });
  assert.equal(await overflows(page), false, "360 px");
  await shot(page, `${name}-phone`);
  await page.setViewportSize({ width: 320, height: 256 }); // 1280 × 1024 at 400 %
  assert.equal(await overflows(page), false, "400 %");
}

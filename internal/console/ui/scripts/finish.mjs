// The end of a build: compresses every asset, and checks that the page is as
// light as it has to be (first route 170 KB of JavaScript, 300 KB in all, gzip -9).
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const limits = { firstRoute: 170 * 1024, all: 300 * 1024 };
const dist = new URL("../dist/", import.meta.url).pathname;
const sizes = new Map();

for (const name of readdirSync(join(dist, "assets"))) {
  const file = join(dist, "assets", name);
  const data = readFileSync(file);
  const gz = gzipSync(data, { level: 9 });
  if (name.endsWith(".js")) sizes.set(name, gz.length);
  if (data.length < 1024) continue;
  writeFileSync(`${file}.gz`, gz);
  writeFileSync(`${file}.br`, brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length } }));
  rmSync(file);
}

/** What the entry loads before anything is seen: itself and its static imports. */
function firstRoute() {
  const html = readFileSync(join(dist, "index.html"), "utf8");
  return [...html.matchAll(/assets\/([\w.-]+\.js)/g)].map((m) => m[1]);
}

const sum = (names) => names.reduce((n, name) => n + (sizes.get(name) ?? 0), 0);
const first = sum([...new Set(firstRoute())]);
const all = sum([...sizes.keys()]);
console.log(`first route ${first} B of ${limits.firstRoute}, all ${all} B of ${limits.all} (gzip)`);
if (first > limits.firstRoute || all > limits.all) {
  console.error("The page has grown too heavy.");
  process.exit(1);
}

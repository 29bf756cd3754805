// How numbers, sizes and times are written. Counts and offsets arrive as decimal
// text, because JavaScript's numbers are exact only up to 2^53.

const plain = new Intl.NumberFormat("en-US");

/** A whole number, given as text or number, with thousands separators. */
export function count(value: string | number | bigint | null | undefined): string {
  if (value === null || value === undefined || value === "") return "–";
  try {
    return plain.format(typeof value === "string" ? BigInt(value) : value);
  } catch {
    return String(value);
  }
}

/** a - b for numbers that arrive as text. */
export function minus(a: string, b: string): bigint {
  return BigInt(a) - BigInt(b);
}

const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** A size in bytes with a binary unit. */
export function bytes(value: string | number | null | undefined): string {
  if (value === null || value === undefined || value === "") return "–";
  let n = Number(value);
  if (n < 0) return "–";
  let unit = 0;
  while (n >= 1024 && unit < units.length - 1) {
    n /= 1024;
    unit++;
  }
  return `${unit === 0 || n >= 100 ? Math.round(n) : n.toFixed(1)} ${units[unit]}`;
}

/** A rate per second. */
export function rate(value: number | null | undefined, unit = ""): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const n = value >= 100 || Number.isInteger(value) ? plain.format(Math.round(value)) : value.toFixed(1);
  return `${n}${unit}/s`;
}

/** A duration in milliseconds in its two largest units. */
export function duration(value: string | number | null | undefined): string {
  if (value === null || value === undefined || value === "") return "–";
  let ms = Number(value);
  if (!Number.isFinite(ms)) return "–";
  const sign = ms < 0 ? "-" : "";
  ms = Math.abs(ms);
  if (ms < 1000) return `${sign}${Math.round(ms)} ms`;
  const parts: [number, string][] = [[86_400_000, "d"], [3_600_000, "h"], [60_000, "min"], [1000, "s"]];
  const first = parts.findIndex(([size]) => ms >= size);
  const [size, name] = parts[first]!;
  let text = `${sign}${Math.floor(ms / size)} ${name}`;
  const next = parts[first + 1];
  const rest = next ? Math.floor((ms % size) / next[0]) : 0;
  if (next && rest > 0) text += ` ${rest} ${next[1]}`;
  return text;
}

export type Zone = "local" | "UTC";

function formatter(zone: Zone): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone === "UTC" ? "UTC" : undefined,
    year: "numeric", month: "2-digit", day: "2-digit",
    hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3,
  });
}
const formatters: Record<Zone, Intl.DateTimeFormat> = { local: formatter("local"), UTC: formatter("UTC") };

/** A time in milliseconds since 1970 as 2026-11-23 10:15:00.000. */
export function time(ms: string | number | null | undefined, zone: Zone): string {
  if (ms === null || ms === undefined || ms === "" || Number(ms) < 0) return "–";
  const date = new Date(Number(ms));
  if (Number.isNaN(date.getTime())) return "–";
  return formatters[zone].format(date).replace(",", ".") + (zone === "UTC" ? " Z" : "");
}

/** How long ago a time was, in words. */
export function ago(ms: number, now: number): string {
  const passed = now - ms;
  return passed < 1000 ? "just now" : `${duration(passed).split(" ").slice(0, 2).join(" ")} ago`;
}

/** one thing, two things. */
export function plural(n: number | bigint | string, one: string, many = `${one}s`): string {
  return `${count(n)} ${String(n) === "1" ? one : many}`;
}

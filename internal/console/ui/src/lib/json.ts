// Reading JSON without JSON.parse: numbers keep every digit, keys keep their
// order and their duplicates, and what is no JSON is told from what is.

export type Json =
  | { kind: "object"; entries: [string, Json][] }
  | { kind: "array"; items: Json[] }
  | { kind: "string"; text: string }
  | { kind: "number" | "literal"; text: string };

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const literal = /true|false|null/y;
const space = /[ \t\r\n]*/y;

/** How deep a value may nest; deeper text is shown raw. */
const maxDepth = 200;

class Scanner {
  at = 0;
  constructor(readonly text: string) {}

  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  skip(): string {
    this.take(space);
    return this.text[this.at] ?? "";
  }

  expect(sign: string): void {
    if (this.skip() !== sign) throw new SyntaxError(`expected ${sign} at ${this.at}`);
    this.at++;
  }
}

/** Parses a text, or returns undefined if it is not one JSON value. */
export function parseJson(text: string): Json | undefined {
  const s = new Scanner(text);
  try {
    const value = parseValue(s, 0);
    return s.skip() === "" ? value : undefined;
  } catch {
    return undefined;
  }
}

function parseValue(s: Scanner, depth: number): Json {
  if (depth > maxDepth) throw new SyntaxError("too deep");
  const next = s.skip();
  if (next === "{") return parseObject(s, depth);
  if (next === "[") return parseArray(s, depth);
  if (next === '"') return { kind: "string", text: parseString(s) };
  const digits = s.take(number);
  if (digits !== undefined) return { kind: "number", text: digits };
  const word = s.take(literal);
  if (word === undefined) throw new SyntaxError(`unexpected ${next} at ${s.at}`);
  return { kind: "literal", text: word };
}

function parseString(s: Scanner): string {
  const raw = s.take(string);
  if (raw === undefined) throw new SyntaxError(`no string at ${s.at}`);
  return JSON.parse(raw) as string;
}

function parseObject(s: Scanner, depth: number): Json {
  const entries: [string, Json][] = [];
  s.expect("{");
  if (s.skip() === "}") s.at++;
  else
    for (;;) {
      s.skip();
      const key = parseString(s);
      s.expect(":");
      entries.push([key, parseValue(s, depth + 1)]);
      if (s.skip() === ",") s.at++;
      else break;
    }
  if (entries.length > 0) s.expect("}");
  return { kind: "object", entries };
}

function parseArray(s: Scanner, depth: number): Json {
  const items: Json[] = [];
  s.expect("[");
  if (s.skip() === "]") {
    s.at++;
    return { kind: "array", items };
  }
  for (;;) {
    items.push(parseValue(s, depth + 1));
    if (s.skip() === ",") s.at++;
    else break;
  }
  s.expect("]");
  return { kind: "array", items };
}

/** Writes a value again, indented by two spaces, every digit as it was. */
export function prettyJson(value: Json, indent = ""): string {
  const inner = indent + "  ";
  switch (value.kind) {
    case "object":
      if (value.entries.length === 0) return "{}";
      return `{\n${value.entries.map(([k, v]) => `${inner}${JSON.stringify(k)}: ${prettyJson(v, inner)}`).join(",\n")}\n${indent}}`;
    case "array":
      if (value.items.length === 0) return "[]";
      return `[\n${value.items.map((v) => inner + prettyJson(v, inner)).join(",\n")}\n${indent}]`;
    case "string":
      return JSON.stringify(value.text);
    default:
      return value.text;
  }
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJson, prettyJson } from "./json.ts";

test("numbers keep every digit", () => {
  const text = '{"id":9007199254740993,"pi":3.141592653589793238462643,"e":1E400}';
  assert.equal(prettyJson(parseJson(text)!).replaceAll(/\s/g, ""), text);
});

test("keys keep their order and their duplicates", () => {
  const v = parseJson('{"b":1,"2":2,"b":3}')!;
  assert.deepEqual(v.kind === "object" && v.entries.map(([k]) => k), ["b", "2", "b"]);
});

test("what is no JSON is refused", () => {
  for (const text of ["", "hello", "{", "[1,]", '{"a":1,}', "01", "1 2", '"\u0001"', "nul", "[".repeat(5000), '{"a" 1}'])
    assert.equal(parseJson(text), undefined, text.slice(0, 20));
});

test("escapes are read", () => {
  const v = parseJson('"a\\u00e9\\n\\"" ')!;
  assert.equal(v.kind === "string" && v.text, 'aé\n"');
});

test("empty ones stay on a line", () => {
  assert.equal(prettyJson(parseJson('{"a":[],"b":{}}')!), '{\n  "a": [],\n  "b": {}\n}');
});

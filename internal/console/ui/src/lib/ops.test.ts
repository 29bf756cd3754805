import assert from "node:assert/strict";
import { test } from "node:test";
import { applyOps } from "./ops.ts";

test("a place is set and the rest is shared", () => {
  const old = { a: { x: 1 }, list: [{ n: 1 }, { n: 2 }] };
  const now = applyOps(old, [{ path: ["list", 1, "n"], value: 3 }]) as typeof old;
  assert.deepEqual(now, { a: { x: 1 }, list: [{ n: 1 }, { n: 3 }] });
  assert.equal(now.a, old.a);
  assert.equal(now.list[0], old.list[0]);
  assert.equal(old.list[1]!.n, 2);
});

test("places are removed and added", () => {
  assert.deepEqual(applyOps({ a: [1, 2, 3], b: 1 }, [{ path: ["a", 1], remove: true }, { path: ["b"], remove: true }, { path: ["a", 2], value: 9 }]), { a: [1, 3, 9] });
});

test("an empty path is everything", () => {
  assert.deepEqual(applyOps({ a: 1 }, [{ path: [], value: [1] }]), [1]);
});

/** One change of a JSON value: a place set or removed. */
export interface Op {
  path: (string | number)[];
  value?: unknown;
  remove?: boolean;
}

/** Applies changes and returns the new value; the old one and what did not change in it stay as they were. */
export function applyOps(data: unknown, ops: Op[]): unknown {
  return ops.reduce((at, op) => applyOp(at, op, 0), data);
}

function applyOp(data: unknown, op: Op, depth: number): unknown {
  if (depth === op.path.length) return op.value;
  const name = op.path[depth]!;
  const last = depth === op.path.length - 1;
  if (Array.isArray(data)) {
    const copy = [...(data as unknown[])];
    if (last && op.remove) copy.splice(Number(name), 1);
    else copy[Number(name)] = applyOp(copy[Number(name)], op, depth + 1);
    return copy;
  }
  const copy = { ...(data as Record<string, unknown>) };
  if (last && op.remove) delete copy[name];
  else copy[name] = applyOp(copy[name], op, depth + 1);
  return copy;
}

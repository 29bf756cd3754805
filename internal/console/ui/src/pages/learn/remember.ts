import type { LearnFacts } from "../../api/types.ts";
import type { Names } from "./steps.tsx";

/**
 * The steps that were done once, for this browser: lag that has drained grows again,
 * a broker that was away comes back. A topic that is gone begins the tour anew.
 */
export function remember(n: Names, facts: LearnFacts | undefined, steps: { id: string; done: (f: LearnFacts) => boolean }[]): ReadonlySet<string> {
  const key = `brolga.tour.${n.cluster}/${n.topic}/${n.group}/${n.key}`;
  const before = read(key);
  if (!facts) return before;
  const now = new Set(facts.topicExists ? before : []);
  for (const s of steps) if (s.done(facts)) now.add(s.id);
  try {
    localStorage.setItem(key, JSON.stringify([...now]));
  } catch {
    // A browser that keeps nothing shows what is done now.
  }
  return now;
}

function read(key: string): Set<string> {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return new Set(Array.isArray(list) ? list.map(String) : []);
  } catch {
    return new Set();
  }
}

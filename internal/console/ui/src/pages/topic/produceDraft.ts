import type { Message } from "../../api/types.ts";

/** What the form for producing holds. */
export interface Draft {
  key: string;
  hasKey: boolean;
  value: string;
  tombstone: boolean;
  eachLine: boolean;
  headers: [string, string][];
  partition: string;
  compression: string;
  copies: string;
}

const empty: Draft = { key: "", hasKey: false, value: "", tombstone: false, eachLine: false, headers: [], partition: "", compression: "none", copies: "1" };

const key = (topic: string) => `brolga.produce.${topic}`;

/** The form's contents of the last time in this tab, or those of a message. */
export function draftOf(topic: string, template?: Message): Draft {
  if (template) {
    return {
      ...empty, hasKey: !template.key.null, key: template.key.data, value: template.value.data, tombstone: template.value.null,
      headers: template.headers.map((h) => [h.name, h.value.data]),
    };
  }
  try {
    return { ...empty, ...(JSON.parse(sessionStorage.getItem(key(topic)) ?? "{}") as Partial<Draft>) };
  } catch {
    return empty;
  }
}

/** Keeps the form's contents for the next time. */
export function keepDraft(topic: string, draft: Draft): Draft {
  try {
    sessionStorage.setItem(key(topic), JSON.stringify(draft));
  } catch {
    // Too big to keep: the form works all the same.
  }
  return draft;
}

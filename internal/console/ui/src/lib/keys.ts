import { useEffect } from "react";

/** Whether a key press belongs to what is being typed in. */
function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/**
 * Shortcuts of the whole page. A name is a key ("/"), a sequence ("g t") or one
 * with control or command ("mod+k"), which also works while typing.
 */
export function useKeys(shortcuts: Record<string, () => void>): void {
  useEffect(() => {
    let before = "";
    let at = 0;
    const onKey = (e: KeyboardEvent) => {
      const mod = e.ctrlKey || e.metaKey;
      if (e.altKey || (!mod && (typing(e.target) || document.querySelector("dialog[open]")))) return;
      const sequence = e.timeStamp - at < 1000 ? `${before} ${e.key}` : "";
      const run = shortcuts[mod ? `mod+${e.key.toLowerCase()}` : sequence] ?? (mod ? undefined : shortcuts[e.key]);
      before = e.key;
      at = e.timeStamp;
      if (!run) return;
      e.preventDefault();
      run();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
}

/** Puts the cursor into the page's search box, if it has one. */
export function focusSearch(): void {
  document.querySelector<HTMLInputElement>("input[type=search]")?.focus();
}

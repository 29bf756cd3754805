import { useState } from "react";
import css from "./Command.module.css";
import { Icon } from "./Icon.tsx";

/** Copies a text; the label says for a moment that it has. */
export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      copyBySelection(text); // a page without https has no clipboard
    }
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  return (
    <button type="button" className="btn quiet small" onClick={() => void copy()} aria-label={done ? "Copied" : label} title={label}>
      <Icon name={done ? "good" : "copy"} size={14} />
    </button>
  );
}

function copyBySelection(text: string): void {
  const area = document.createElement("textarea");
  area.value = text;
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

/** The command line that does the same as the page, ready to be copied. */
export function Command({ text }: { text: string }) {
  if (!text) return null;
  return (
    <div className={css.command}>
      <Icon name="terminal" />
      <code className={css.text}>{text}</code>
      <CopyButton text={text} label="Copy the command" />
    </div>
  );
}

import { dismiss, useToasts } from "../lib/toast.ts";
import { Command } from "../parts/Command.tsx";
import { Icon } from "../parts/Icon.tsx";
import { Status } from "../parts/Status.tsx";
import css from "./Toasts.module.css";

const words = { good: "Done", info: "Note", warning: "Warning", bad: "Failed", none: "" };

/** Messages in the corner; screen readers hear them. */
export function Toasts() {
  const toasts = useToasts();
  return (
    <div className={css.toasts} role="status" aria-live="polite">
      {toasts.map((t) => (
        <div key={t.id} className={css.toast}>
          <div className={css.line}>
            <div className={css.text}>
              <Status level={t.level}>{words[t.level]}</Status> {t.text}
            </div>
            <button type="button" className="btn quiet small" aria-label="Dismiss" onClick={() => dismiss(t.id)}><Icon name="close" size={14} /></button>
          </div>
          {t.command && <Command text={t.command} />}
        </div>
      ))}
    </div>
  );
}

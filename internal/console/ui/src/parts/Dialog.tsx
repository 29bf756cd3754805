import { type ReactNode, useEffect, useId, useRef } from "react";
import css from "./Dialog.module.css";
import { Icon } from "./Icon.tsx";

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
}

/** A modal dialog: the browser's own, which keeps the focus and closes on Escape. */
export function Dialog({ title, onClose, children, wide = false }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    if (dialog && !dialog.open) dialog.showModal();
    // The browser would begin at the button that closes.
    const first = dialog?.querySelector<HTMLElement>("[data-first]") ?? dialog?.querySelector<HTMLElement>("input, select, textarea");
    first?.focus();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog ref={ref} className={`${css.dialog} ${wide ? css.wide : ""}`} aria-labelledby={id}
      onCancel={(e) => { e.preventDefault(); onClose(); }}
      onMouseDown={(e) => { if (e.target === ref.current) onClose(); }}>
      <div className={css.head}>
        <h2 id={id}>{title}</h2>
        <button type="button" className="btn quiet small" aria-label="Close" onClick={onClose}><Icon name="close" /></button>
      </div>
      <div className={css.body}>{children}</div>
    </dialog>
  );
}

/** The row of buttons at a dialog's end. */
export function DialogButtons({ children }: { children: ReactNode }) {
  return <div className={css.foot}>{children}</div>;
}

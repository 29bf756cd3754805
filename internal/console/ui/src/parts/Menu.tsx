import { type KeyboardEvent, useId, useRef } from "react";
import { Icon } from "./Icon.tsx";
import css from "./Menu.module.css";

export interface MenuItem {
  name: string;
  run: () => void;
  danger?: boolean;
  disabled?: boolean;
}

/** A button that opens a list of actions (the menu button of the ARIA practices). */
export function Menu({ label, items }: { label: string; items: MenuItem[] }) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);

  const open = () => {
    const at = button.current!.getBoundingClientRect();
    const list = menu.current!;
    list.showPopover();
    list.style.top = `${Math.min(at.bottom + 4, innerHeight - list.offsetHeight - 8)}px`;
    list.style.left = `${Math.max(8, Math.min(at.left, innerWidth - list.offsetWidth - 8))}px`;
    list.querySelector<HTMLElement>("[role=menuitem]")?.focus();
  };
  const close = () => {
    menu.current!.hidePopover();
    button.current!.focus();
  };
  const onKey = (e: KeyboardEvent) => {
    const all = [...menu.current!.querySelectorAll<HTMLElement>("[role=menuitem]:not(:disabled)")];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[e.key];
    if (to !== undefined) {
      e.preventDefault();
      all.at(to % all.length)?.focus();
    } else if (e.key === "Tab" || e.key === "Escape") {
      e.preventDefault();
      close();
    }
  };
  return (
    <>
      <button ref={button} type="button" className="btn" aria-haspopup="menu" aria-controls={id} onClick={open}>
        {label} <Icon name="down" size={14} />
      </button>
      <div ref={menu} id={id} popover="auto" role="menu" aria-label={label} className={css.menu} onKeyDown={onKey}>
        {items.map((item) => (
          <button key={item.name} type="button" role="menuitem" tabIndex={-1} disabled={item.disabled}
            className={`${css.item} ${item.danger ? css.danger : ""}`}
            onClick={() => { close(); item.run(); }}>
            {item.name}
          </button>
        ))}
      </div>
    </>
  );
}

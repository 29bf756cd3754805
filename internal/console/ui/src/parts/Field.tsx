import { cloneElement, type ReactElement, useId } from "react";
import css from "./Field.module.css";

interface FieldProps {
  label: string;
  hint?: string;
  error?: string;
  children: ReactElement<{ id?: string; "aria-describedby"?: string; "aria-invalid"?: boolean }>;
}

/** An input with its label, a hint, and what is wrong with the value. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const about = hint || error ? `${id}-about` : undefined;
  return (
    <div className={css.field}>
      <label className={css.label} htmlFor={id}>{label}</label>
      {cloneElement(children, { id, "aria-describedby": about, "aria-invalid": error ? true : undefined })}
      {error ? <span id={about} className={css.error}>{error}</span> : hint ? <span id={about} className={css.hint}>{hint}</span> : null}
    </div>
  );
}

interface CheckProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}

/** A box to tick, with its label. */
export function Check({ label, checked, onChange, disabled }: CheckProps) {
  return (
    <label className={css.check}>
      <input type="checkbox" checked={checked} disabled={disabled} onChange={(e) => onChange(e.target.checked)} />
      {label}
    </label>
  );
}

import type { Zone } from "../lib/format.ts";
import { useSettings } from "../lib/settings.ts";

interface Props {
  id?: string;
  label?: string;
  /** Milliseconds since 1970 as text; empty: none. */
  value: string;
  onChange: (value: string) => void;
}

/** A time, typed in the zone in which the page shows times. */
export function TimeInput({ value, onChange, label, ...rest }: Props) {
  const { zone } = useSettings();
  return (
    <span className="row">
      <input {...rest} className="input" type="datetime-local" step="1" aria-label={label} key={zone} defaultValue={value ? written(Number(value), zone) : ""}
        onChange={(e) => onChange(e.target.value ? String(read(e.target.value, zone)) : "")} />
      <span className="muted">{zone === "UTC" ? "UTC" : "local"}</span>
    </span>
  );
}

function written(ms: number, zone: Zone): string {
  const shift = zone === "UTC" ? 0 : new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - shift).toISOString().slice(0, 19);
}

const read = (text: string, zone: Zone) => new Date(zone === "UTC" ? `${text}Z` : text).getTime();

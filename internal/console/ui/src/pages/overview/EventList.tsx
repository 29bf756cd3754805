import type { Event } from "../../api/types.ts";
import { time } from "../../lib/format.ts";
import { useSettings } from "../../lib/settings.ts";
import { Status } from "../../parts/Status.tsx";
import css from "./Overview.module.css";

/** What was noticed lately, newest first. */
export function EventList({ events }: { events: Event[] }) {
  const { zone } = useSettings();
  if (events.length === 0) return <p className="muted">Nothing has happened since the console began to look.</p>;
  return (
    <ol className={css.events}>
      {events.map((e) => {
        const at = time(e.at, zone);
        return (
          <li key={e.id}>
            <time dateTime={new Date(e.at).toISOString()} title={at}>{at.slice(11, 19)}</time>
            <div><Status level={e.status}>{e.kind}</Status> {e.sentence}</div>
          </li>
        );
      })}
    </ol>
  );
}

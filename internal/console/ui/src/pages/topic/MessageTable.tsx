import type { Message, Payload } from "../../api/types.ts";
import { bytes, time, type Zone } from "../../lib/format.ts";
import { messageId, oneLine } from "../../lib/message.ts";
import { useSettings } from "../../lib/settings.ts";
import { type Column, DataTable } from "../../parts/DataTable.tsx";
import css from "./Messages.module.css";

interface Props {
  total: number;
  row: (i: number) => Message | undefined;
  chosen: string;
  onOpen: (m: Message) => void;
  empty: React.ReactNode;
}

/** Messages as rows; the offset opens one beside the list. */
export function MessageTable({ total, row, chosen, onOpen, empty }: Props) {
  const { zone } = useSettings();
  return (
    <DataTable label="Messages" columns={columns(zone, onOpen)} total={total} row={row} rowKey={messageId} rowHeight={32} minWidth={720}
      selected={(m) => messageId(m) === chosen} empty={empty} height="calc(100vh - 300px)" />
  );
}

function columns(zone: Zone, onOpen: (m: Message) => void): Column<Message>[] {
  return [
    { id: "partition", title: "Partition", width: "64px", num: true, cell: (m) => m.partition },
    { id: "offset", title: "Offset", width: "96px", num: true, cell: (m) => <button type="button" className={css.open} aria-label={`Open partition ${m.partition} offset ${m.offset}`} onClick={() => onOpen(m)}>{m.offset}</button> },
    { id: "time", title: "Time", width: "196px", cell: (m) => time(m.timestamp, zone) },
    { id: "key", title: "Key", width: "minmax(80px, 1fr)", cell: (m) => <Line payload={m.key} /> },
    { id: "value", title: "Value", width: "minmax(200px, 4fr)", cell: (m) => (m.control ? <span className={css.null}>transaction {m.control}</span> : m.note ? <span>{m.note}</span> : <Line payload={m.value} />) },
    { id: "size", title: "Size", width: "80px", num: true, cell: (m) => bytes(m.key.size + m.value.size) },
  ];
}

function Line({ payload }: { payload: Payload }) {
  return payload.null || payload.size === 0 ? <span className={css.null}>{oneLine(payload)}</span> : <span className="mono">{oneLine(payload)}</span>;
}

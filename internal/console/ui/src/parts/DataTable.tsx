import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";
import css from "./DataTable.module.css";
import { Icon } from "./Icon.tsx";

export interface Column<T> {
  id: string;
  title: string;
  /** A track of a CSS grid: "160px", "minmax(200px, 2fr)". */
  width: string;
  cell: (row: T, index: number) => ReactNode;
  num?: boolean;
  sortable?: boolean;
  /** Instead of the title, as for a box that selects all. */
  head?: ReactNode;
}

export interface Sort {
  by: string;
  descending: boolean;
}

interface Props<T> {
  label: string;
  columns: Column<T>[];
  total: number;
  /** The row at an index, or undefined while it is on its way. */
  row: (index: number) => T | undefined;
  rowKey: (row: T) => string;
  selected?: (row: T) => boolean;
  /** Told which rows are looked at. */
  onRange?: (first: number, last: number) => void;
  sort?: Sort;
  onSort?: (sort: Sort) => void;
  empty?: ReactNode;
  rowHeight?: number;
  /** The width under which the table scrolls sideways. */
  minWidth?: number;
  height?: string;
}

/**
 * A table of any length: only the rows in view exist. Rows are those of the
 * ARIA table pattern, so that a screen reader knows where it is.
 */
export function DataTable<T>(p: Props<T>) {
  const scroll = useRef<HTMLDivElement>(null);
  const rowHeight = p.rowHeight ?? 36;
  const virtual = useVirtualizer({ count: p.total, getScrollElement: () => scroll.current, estimateSize: () => rowHeight, overscan: 12 });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const { onRange } = p;
  useEffect(() => onRange?.(first, last), [onRange, first, last]);
  const template = { gridTemplateColumns: p.columns.map((c) => c.width).join(" ") };

  return (
    <div ref={scroll} className={css.scroll} tabIndex={0} role="region" aria-label={`${p.label}, scrollable`}
      style={p.height ? ({ "--table-height": p.height } as React.CSSProperties) : undefined}>
      <div className={css.table} role="table" aria-label={p.label} aria-rowcount={p.total + 1} style={{ minWidth: p.minWidth }}>
        <div className={css.head} role="rowgroup">
          <div role="row" aria-rowindex={1} style={template}>
            {p.columns.map((c) => <HeadCell key={c.id} column={c} sort={p.sort} onSort={p.onSort} />)}
          </div>
        </div>
        {p.total === 0 ? (
          <div role="rowgroup"><div role="row"><div role="cell" className={css.empty}>{p.empty ?? "Nothing here."}</div></div></div>
        ) : (
          <div className={css.body} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => {
              const row = p.row(item.index);
              return (
                <div key={row ? p.rowKey(row) : `ghost-${item.index}`} role="row" aria-rowindex={item.index + 2}
                  className={`${css.row} ${row && p.selected?.(row) ? css.selected : ""}`}
                  style={{ ...template, height: rowHeight, transform: `translateY(${item.start}px)` }}>
                  {p.columns.map((c) => (
                    <div key={c.id} role="cell" className={`${css.cell} ${c.num ? css.num : ""}`}>
                      {row ? c.cell(row, item.index) : <div className={css.ghost} />}
                    </div>
                  ))}
                </div>
              );
            })}
          </div>
        )}
      </div>
    </div>
  );
}

function HeadCell<T>({ column: c, sort, onSort }: { column: Column<T>; sort?: Sort; onSort?: (sort: Sort) => void }) {
  const sorted = sort?.by === c.id;
  const direction = sorted ? (sort.descending ? "descending" : "ascending") : undefined;
  return (
    <div role="columnheader" className={`${css.headCell} ${c.num ? css.num : ""}`} aria-sort={c.sortable ? (direction ?? "none") : undefined}>
      {c.sortable && onSort ? (
        <button type="button" className={css.sort} onClick={() => onSort({ by: c.id, descending: sorted ? !sort.descending : c.num === true })}>
          {c.title}
          {sorted && <Icon name={sort.descending ? "down" : "up"} size={12} />}
        </button>
      ) : (
        (c.head ?? (c.title || <span className="sr">Actions</span>))
      )}
    </div>
  );
}

// Line icons on a grid of 16, drawn for this page. An icon never stands alone
// for a state: a word is always beside it or in its label.

const paths = {
  overview: "M2 9l6-6 6 6M4 8v5h8V8",
  topics: "M2 4h12M2 8h12M2 12h8",
  groups: "M5.5 7a2 2 0 100-4 2 2 0 000 4zM1.5 13c0-2.5 1.8-4 4-4s4 1.5 4 4M11 7.5a1.7 1.7 0 100-3.4M11.5 9.2c1.8.3 3 1.7 3 3.8",
  brokers: "M2 3h12v4H2zM2 9h12v4H2zM4.5 5h.01M4.5 11h.01",
  lab: "M6 2h4M7 2v4L3 13.2c-.3.5 0 .8.5.8h9c.5 0 .8-.3.5-.8L9 6V2M5 10h6",
  learn: "M1.5 5L8 2l6.5 3L8 8zM4 6.5v4c2.2 2 5.8 2 8 0v-4",
  search: "M7 12A5 5 0 107 2a5 5 0 000 10zM10.6 10.6L14 14",
  close: "M4 4l8 8M12 4l-8 8",
  copy: "M5 5V2.5h8.5V11H11M2.5 5H11v8.5H2.5z",
  down: "M4 6l4 4 4-4",
  right: "M6 4l4 4-4 4",
  up: "M4 10l4-4 4 4",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  pause: "M5.5 3v10M10.5 3v10",
  play: "M5 3l8 5-8 5z",
  good: "M3 8.5l3.2 3.2L13 5",
  warn: "M8 2.2L14.5 13.5h-13zM8 6.5v3M8 11.5h.01",
  bad: "M8 14.5a6.5 6.5 0 100-13 6.5 6.5 0 000 13zM5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6",
  info: "M8 14.5a6.5 6.5 0 100-13 6.5 6.5 0 000 13zM8 7.3v3.7M8 4.9h.01",
  sun: "M8 11a3 3 0 100-6 3 3 0 000 6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1",
  moon: "M13.5 9.5A6 6 0 016.5 2.5a6 6 0 107 7z",
  auto: "M8 14a6 6 0 100-12 6 6 0 000 12zM8 2v12M8 5l3.5-1.7M8 9l5.8-2.6M8 13l5.2-2.4",
  clock: "M8 14.5a6.5 6.5 0 100-13 6.5 6.5 0 000 13zM8 4.5V8l2.5 1.5",
  download: "M8 2v8M4.5 7L8 10.5 11.5 7M2.5 13.5h11",
  plus: "M8 3v10M3 8h10",
  refresh: "M13.5 8a5.5 5.5 0 11-1.7-4M13.5 1.5V4.5h-3",
  terminal: "M2 3h12v10H2zM4.5 6l2 2-2 2M8.5 10h3",
  menu: "M2 4h12M2 8h12M2 12h12",
  stop: "M4 4h8v8H4z",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth={1.5}
      strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}

import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useSettings } from "../lib/settings.ts";

export interface Series {
  name: string;
  values: (number | null)[];
}

interface Props {
  label: string;
  /** Times in milliseconds since 1970, rising. */
  times: number[];
  series: Series[];
  format: (value: number) => string;
  height?: number;
}

/** Lines over time, with a legend that follows the pointer and a table for those who do not see them. */
export function TimeChart({ label, times, series, format, height = 176 }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const { theme, zone } = useSettings();
  const dark = useDark();
  const names = series.map((s) => s.name).join("\n");
  const data: uPlot.AlignedData = [times.map((t) => t / 1000), ...series.map((s) => s.values)];

  useEffect(() => {
    const element = host.current!;
    const style = getComputedStyle(document.documentElement);
    const colours = ["--accent", "--good", "--warn", "--bad", "--muted"].map((v) => resolve(element, v));
    const axis: uPlot.Axis = { stroke: resolve(element, "--muted"), grid: { stroke: resolve(element, "--line"), width: 1 }, ticks: { show: false }, font: `12px ${style.fontFamily}` };
    const made = new uPlot({
      width: element.clientWidth || 320, height,
      tzDate: zone === "UTC" ? (s) => uPlot.tzDate(new Date(s * 1000), "UTC") : (s) => new Date(s * 1000),
      series: [{}, ...names.split("\n").map((name, i) => ({ label: name, stroke: colours[i % colours.length], width: 1.5, value: (_: uPlot, v: number | null) => (v === null ? "–" : format(v)) }))],
      axes: [axis, { ...axis, size: 72, values: (_, ticks) => ticks.map(format) }],
      scales: { y: { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] } },
      cursor: { y: false, points: { size: 6 } },
    }, data, element);
    plot.current = made;
    const resize = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      made.destroy();
      plot.current = null;
    };
    // The chart is built again when its looks change; values are only set.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [names, theme, dark, zone, height]);

  useEffect(() => plot.current?.setData(data));

  const latest = series.map((s) => `${s.name} ${format(s.values.findLast((v) => v !== null) ?? 0)}`).join(", ");
  return <div ref={host} className="chart" role="img" aria-label={`${label}: ${latest}`} />;
}

/** The colour that a token stands for now; a canvas knows no tokens. */
function resolve(near: HTMLElement, token: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  near.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function useDark(): boolean {
  const [dark, setDark] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  useEffect(() => {
    const query = matchMedia("(prefers-color-scheme: dark)");
    const tell = () => setDark(query.matches);
    query.addEventListener("change", tell);
    return () => query.removeEventListener("change", tell);
  }, []);
  return dark;
}

/** A line without axes: how a number moved. The words beside it say its value. */
export function Sparkline({ values, width = 96, height = 24, label }: { values: (number | null)[]; width?: number; height?: number; label: string }) {
  const known = values.filter((v): v is number => v !== null);
  const top = Math.max(...known, 1e-9);
  const step = values.length > 1 ? (width - 2) / (values.length - 1) : 0;
  let path = "";
  let pen = "M";
  values.forEach((v, i) => {
    if (v === null) {
      pen = "M";
      return;
    }
    path += `${pen}${(1 + i * step).toFixed(1)} ${(height - 2 - (v / top) * (height - 4)).toFixed(1)}`;
    pen = "L";
  });
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label} preserveAspectRatio="none">
      <path d={path} fill="none" stroke="var(--accent)" strokeWidth={1.5} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

import type { Trend as Kind } from "../api/types.ts";
import { Icon } from "./Icon.tsx";
import { Status } from "./Status.tsx";

/** Where a lag is going, in a word and an arrow. */
export function Trend({ trend }: { trend: Kind }) {
  switch (trend) {
    case "growing":
      return <Status level="warning">growing <Icon name="up" size={12} /></Status>;
    case "falling":
      return <Status level="good">falling <Icon name="down" size={12} /></Status>;
    case "steady":
      return <span className="muted">steady</span>;
    default:
      return <span className="muted">–</span>;
  }
}

import type { View } from "./messageQuery.ts";

/** A word as a shell takes it. */
const quoted = (word: string) => (/^[\w.:,@%+=/-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** The command line that shows the same messages, as near as the tools come to it. */
export function viewCommand(topic: string, v: View, bootstrap: string): string {
  const where = `--bootstrap-server ${bootstrap} --topic ${quoted(topic)}`;
  const partition = v.partitions.length === 1 ? String(v.partitions[0]) : undefined;
  if (v.position === "time") {
    return `kafka-get-offsets ${where} --time ${v.timestamp ?? "0"}${v.partitions.length > 0 ? ` --partitions ${v.partitions.join(",")}` : ""}`;
  }
  const words = ["kafka-console-consumer", where];
  if (partition !== undefined) words.push(`--partition ${partition}`);
  if (v.position === "offset") words.push(`${partition === undefined ? "--partition 0 " : ""}--offset ${v.offset ?? "0"}`);
  else if (v.position !== "live") words.push(partition === undefined ? "--from-beginning" : "--offset earliest");
  if (v.isolation === "read_committed") words.push("--isolation-level read_committed");
  if (v.position === "offset" || v.position === "oldest") words.push(v.q || v.filter ? "--timeout-ms 5000" : `--max-messages ${v.limit}`);
  if (v.position === "newest") words.push("--timeout-ms 5000");
  words.push("--property print.partition=true --property print.offset=true --property print.key=true");
  if (v.q) words.push(`| grep -iF ${quoted(v.q)}`);
  if (v.position === "newest") words.push(`| tail -n ${v.limit}`);
  return words.join(" ");
}

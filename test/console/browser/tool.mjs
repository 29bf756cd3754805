// The command line beside the page: the built binary's tools against the same cluster.
import { spawn } from "node:child_process";
import { once } from "node:events";

const running = new Set();

/** Starts a tool, as in tool("topics", "--list"); lines are what it reads. */
export function tool(name, args, lines = []) {
  const process_ = spawn(process.env.BROLGA_BINARY, [name, "--bootstrap-server", process.env.BOOTSTRAP, ...args]);
  running.add(process_);
  process_.once("close", () => running.delete(process_));
  process_.stdin.end(lines.map((l) => `${l}\n`).join(""));
  return process_;
}

/** Runs a tool to its end, which has to be a good one. */
export async function run(name, args, lines) {
  const process_ = tool(name, args, lines);
  let text = "";
  for (const stream of [process_.stdout, process_.stderr]) stream.on("data", (d) => { text += d; });
  const [code] = await once(process_, "close");
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${text}`);
  return text;
}

/** Ends a tool as Ctrl-C does. */
export async function interrupt(process_) {
  const closed = once(process_, "close");
  process_.kill("SIGINT");
  await closed;
}

/** Ends what a test that failed has left. */
export function killTools() {
  for (const process_ of running) process_.kill("SIGKILL");
}

// A reporter of Node's test runner: one line of JSON for each test.
export default async function* report(source) {
  for await (const { type, data } of source) {
    if ((type !== "test:pass" && type !== "test:fail") || data.details?.type === "suite") continue;
    const error = data.details?.error;
    const cause = error?.cause;
    yield `${JSON.stringify({ name: data.name, passed: type === "test:pass", detail: error ? String(cause?.stack ?? cause ?? error) : "" })}\n`;
  }
}

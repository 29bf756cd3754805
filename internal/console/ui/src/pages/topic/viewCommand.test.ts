import assert from "node:assert/strict";
import { test } from "node:test";
import { readView } from "./messageQuery.ts";
import { viewCommand } from "./viewCommand.ts";

const command = (query: string) => viewCommand("orders", readView(new URLSearchParams(query)), "b:1");
const begin = "kafka-console-consumer --bootstrap-server b:1 --topic orders";
const print = "--property print.partition=true --property print.offset=true --property print.key=true";

test("each view has its command line", () => {
  assert.equal(command("from=live"), `${begin} ${print}`);
  assert.equal(command("from=oldest"), `${begin} --from-beginning --max-messages 50 ${print}`);
  assert.equal(command("from=offset&partitions=3&offset=7&limit=25"), `${begin} --partition 3 --offset 7 --max-messages 25 ${print}`);
  assert.equal(command("from=oldest&q=it's"), `${begin} --from-beginning --timeout-ms 5000 ${print} | grep -iF 'it'\\''s'`);
  assert.equal(command("committed=1"), `${begin} --from-beginning --isolation-level read_committed --timeout-ms 5000 ${print} | tail -n 50`);
  assert.equal(command("from=time&time=17&partitions=0,2"), "kafka-get-offsets --bootstrap-server b:1 --topic orders --time 17 --partitions 0,2");
});

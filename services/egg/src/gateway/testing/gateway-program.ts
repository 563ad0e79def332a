/**
 * A process that is nothing but a gateway, for tests that need another user or that kill it: reads its request from
 * the environment, opens, runs shell scripts inside, says one line of JSON, and stays until its input ends.
 */
import { create } from "@bufbuild/protobuf";
import { NetworkRuleSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { openGateway } from "../gateway.ts";
import { Inside, type InsideResult } from "./inside.ts";
import { mapUpstreams } from "./upstream-map.ts";

/** What the program is asked, as JSON in WT_TEST_GATEWAY. */
export interface GatewayProgramRequest {
  readonly rules: readonly { readonly host: string; readonly ports: readonly number[] }[];
  readonly hostPorts: readonly number[];
  readonly upstreams: Readonly<Record<string, string>>;
  readonly scripts: readonly string[];
}

/** What it says. */
export interface GatewayProgramAnswer {
  readonly uid: number;
  readonly enter: readonly string[];
  readonly results: readonly InsideResult[];
  readonly refusals: readonly string[];
}

const request: GatewayProgramRequest = JSON.parse(process.env["WT_TEST_GATEWAY"] ?? "{}");
const rules = request.rules.map(({ host, ports }) => create(NetworkRuleSchema, { host, ports: [...ports] }));
const gateway = await openGateway({ rules, hostPorts: request.hostPorts, ...mapUpstreams(request.upstreams) });
const refusals: string[] = [];
gateway.onRefusal(({ host, port }) => refusals.push(`${host}:${port}`));
const inside = await Inside.create(gateway.entry);
const results: InsideResult[] = [];
for (const script of request.scripts) results.push(await inside.run(["/bin/bash", "-c", script]));
const answer: GatewayProgramAnswer = { uid: process.getuid?.() ?? -1, enter: gateway.entry.enter, results, refusals };
process.stdout.write(`${JSON.stringify(answer)}\n`);
process.stdin.resume().once("end", async () => {
  await inside[Symbol.asyncDispose]();
  await gateway.close();
});

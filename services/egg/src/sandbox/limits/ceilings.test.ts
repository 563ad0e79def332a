import { create } from "@bufbuild/protobuf";
import { LimitsSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { expect, test } from "vitest";
import { effectiveCeilings, hardFileLimit, prlimitArguments } from "./ceilings.ts";

const HOST = { memoryBytes: 8 * 2 ** 30, maxFds: 1_048_576 };

test("without numbers of the person the egg's own hold, and none is unlimited", () => {
  const own = { cpuSeconds: 86_400n, memoryBytes: 8n * 2n ** 30n, maxFds: 65_536, maxPids: 4_096 };
  expect(effectiveCeilings(undefined, HOST)).toEqual(own);
  expect(effectiveCeilings(create(LimitsSchema), HOST)).toEqual(own);
});

test("the person's numbers hold", () => {
  const limits = create(LimitsSchema, { cpuSeconds: 300n, memoryBytes: 2n ** 30n, maxFds: 512, maxPids: 64 });
  expect(effectiveCeilings(limits, HOST)).toEqual({
    cpuSeconds: 300n,
    memoryBytes: 2n ** 30n,
    maxFds: 512,
    maxPids: 64,
  });
});

test.each([
  [4_095, 4_095],
  [4_096, 4_096],
  [4_097, 4_096],
])("of %d open files at most the host's 4096 can be given: %d", (wanted, given) => {
  const limits = create(LimitsSchema, { maxFds: wanted });
  expect(effectiveCeilings(limits, { ...HOST, maxFds: 4_096 }).maxFds).toBe(given);
});

test("prlimit gets each number, and a program may tidy up when its CPU time is over", () => {
  expect(prlimitArguments({ cpuSeconds: 300n, memoryBytes: 1n, maxFds: 2, maxPids: 3 })).toEqual([
    "--core=1",
    "--cpu=300:305",
    "--data=1",
    "--nofile=2",
    "--nproc=3",
  ]);
});

test.each([
  ["Max open files            1024                 524288               files     \n", 524_288],
  ["Max open files            1024                 unlimited            files     \n", Number.MAX_SAFE_INTEGER],
  ["Max processes             5                    5                    processes \n", undefined],
  ["", undefined],
])("the hard limit of open files in %j is %s", (text, limit) => {
  expect(hardFileLimit(text)).toBe(limit);
});

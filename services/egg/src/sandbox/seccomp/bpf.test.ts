import { expect, test } from "vitest";
import { interpretFilter } from "../testing/bpf-interpreter.ts";
import {
  answer,
  BpfProgramError,
  DATA,
  encode,
  load,
  MAX_INSTRUCTIONS,
  unlessEqual,
  whenAnySet,
  whenEqual,
  whenGreater,
} from "./bpf.ts";

const run = (block: Parameters<typeof encode>[0], number: number) =>
  interpretFilter(encode([load(DATA.number), ...block, answer(0)]), { architecture: 0, number });

test.each([
  [4, 0],
  [5, 1],
  [6, 0],
])("whenEqual(5) lets %d answer %d", (number, expected) => {
  expect(run(whenEqual(5, [answer(1)]), number)).toBe(expected);
});

test.each([
  [4, 1],
  [5, 0],
  [6, 1],
])("unlessEqual(5) lets %d answer %d", (number, expected) => {
  expect(run(unlessEqual(5, [answer(1)]), number)).toBe(expected);
});

test.each([
  [4, 0],
  [5, 0],
  [6, 1],
  [-1, 1],
  [0x40000000, 1],
])("whenGreater(5) is unsigned: %d answers %d", (number, expected) => {
  expect(run(whenGreater(5, [answer(1)]), number)).toBe(expected);
});

test.each([
  [0, 0],
  [0b0110, 1],
  [0b1001, 0],
  [0xffffffff, 1],
])("whenAnySet(0b0110) lets %d answer %d", (number, expected) => {
  expect(run(whenAnySet(0b0110, [answer(1)]), number)).toBe(expected);
});

test("an instruction is eight little-endian bytes", () => {
  expect([...encode([load(4)])]).toEqual([0x20, 0, 0, 0, 4, 0, 0, 0]);
  expect([...encode(whenEqual(0xc000003e, [answer(1)]))].slice(0, 8)).toEqual([0x15, 0, 0, 1, 0x3e, 0, 0, 0xc0]);
});

test("a program holds at most 4096 instructions", () => {
  const program = (length: number) => Array.from({ length }, () => answer(0));
  expect(encode(program(MAX_INSTRUCTIONS))).toHaveLength(32_768);
  expect(() => encode(program(MAX_INSTRUCTIONS + 1))).toThrow(BpfProgramError);
});

test("a jump reaches at most 255 instructions", () => {
  const block = (length: number) => Array.from({ length }, () => answer(0));
  expect(encode(whenEqual(1, block(255)))).toHaveLength(256 * 8);
  expect(() => encode(whenEqual(1, block(256)))).toThrow(BpfProgramError);
});

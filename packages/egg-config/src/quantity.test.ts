import { expect, test } from "vitest";
import { EggValueError } from "./egg-config-error.ts";
import { parseDuration, parseSize } from "./quantity.ts";

test.each([
  ["4G", 4 * 2 ** 30],
  ["4g", 4 * 2 ** 30],
  ["4GB", 4 * 2 ** 30],
  ["4GiB", 4 * 2 ** 30],
  [" 512 M ", 512 * 2 ** 20],
  ["64K", 65_536],
  ["1T", 2 ** 40],
  ["0M", 0],
])("the size %s is %d bytes", (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each(["", "4", "G", "-4G", "4.5G", "4X", "4 G G", "0x4G", "1e3M", "1234567890123K", "99999999999T"])(
  "%j is refused as a size",
  (text) => {
    expect(() => parseSize(text)).toThrow(EggValueError);
  },
);

test.each([
  ["300s", 300],
  ["5m", 300],
  ["4h", 14_400],
  ["2d", 172_800],
])("the duration %s is %d seconds", (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each(["", "5", "m", "-5m", "1.5h", "5M", "1h30m", "5 minutes"])("%j is refused as a duration", (text) => {
  expect(() => parseDuration(text)).toThrow(/as in 300s, 5m or 4h/);
});

import { expect, test } from "vitest";
import { z } from "zod";
import { EnvironmentError, readEnvironment } from "./config.ts";

const schema = z.object({
  WT_AUTH_PORT: z.coerce.number().int().min(0).max(65_535).default(8081).describe("a port from 0 to 65535"),
  WT_JWT_KEY: z.string().min(40).optional(),
  WT_BASE_URL: z.url().optional().describe("a URL, for instance https://roost.example.org"),
});

test("variables are read, empty ones count as unset, others are left alone", () => {
  expect(readEnvironment(schema, { WT_AUTH_PORT: "9000", WT_BASE_URL: "", PATH: "/bin" })).toEqual({
    WT_AUTH_PORT: 9000,
  });
  expect(readEnvironment(schema, {})).toEqual({ WT_AUTH_PORT: 8081 });
});

test("every problem is named at once, with what was found and what is wanted", () => {
  const read = () => readEnvironment(schema, { WT_AUTH_PORT: "eighty", WT_BASE_URL: "nowhere" });
  expect(read).toThrow(EnvironmentError);
  expect(read).toThrow('WT_AUTH_PORT: found "eighty", wanted a port from 0 to 65535');
  expect(read).toThrow('WT_BASE_URL: found "nowhere", wanted a URL');
});

test("a secret is never repeated", () => {
  const read = () => readEnvironment(schema, { WT_JWT_KEY: "hunter2" });
  expect(read).toThrow("WT_JWT_KEY: found 7 characters that are not shown");
  expect(read).not.toThrow("hunter2");
});

import { describe, expect, it } from "vitest";
import { MAX_CLIPBOARD_BASE64, parseClipboardRequest } from "./clipboard-request.ts";

describe("parseClipboardRequest()", () => {
  it.each([
    ["c;aGVsbG8=", { kind: "write", text: "hello" }],
    [";aGVsbG8=", { kind: "write", text: "hello" }],
    ["pc;8J+Qhw==", { kind: "write", text: "🐇" }],
    ["c;?", { kind: "read" }],
    ["c;", { kind: "invalid" }],
    ["c", { kind: "invalid" }],
    ["c;***", { kind: "invalid" }],
    ["c;/w==", { kind: "invalid" }],
  ])("reads %j as %j", (payload, request) => {
    expect(parseClipboardRequest(payload)).toEqual(request);
  });

  it.each([
    [MAX_CLIPBOARD_BASE64 - 4, "write"],
    [MAX_CLIPBOARD_BASE64, "write"],
    [MAX_CLIPBOARD_BASE64 + 4, "invalid"],
  ])("takes %i characters as %s", (length, kind) => {
    expect(parseClipboardRequest(`c;${"QUFB".repeat(length / 4)}`).kind).toBe(kind);
  });
});

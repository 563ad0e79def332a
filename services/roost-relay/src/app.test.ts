import { describe, expect, test } from "vitest";
import { person, wingId, wingOf } from "./testing/test-identity.ts";
import { startTestRelay } from "./testing/test-relay.ts";

describe("pairing", () => {
  test("what a browser sends reaches the wing and back, under each link's own number", async () => {
    await using roost = await startTestRelay();
    const wing = await roost.connect(wingOf("ada", "laptop"));
    const browser = await roost.connect(person("ada"));
    await browser.open(7, wingId("laptop"));
    const { channelId } = await wing.next("open");
    browser.data(7, "to the wing");
    expect(Buffer.from((await wing.next("data")).payload).toString()).toBe("to the wing");
    wing.data(channelId, "to the browser");
    const { channelId: back, payload } = await browser.next("data");
    expect([back, Buffer.from(payload).toString()]).toEqual([7, "to the browser"]);
  });
});

import { expect, test } from "vitest";
import { metricsText } from "./metrics.ts";

test("the counts are written as Prometheus reads them", () => {
  const stats = {
    greetings: 1,
    browsers: 2,
    wings: 3,
    channels: 4,
    framesForwarded: 5,
    bytesForwarded: 6,
    backlogBytes: 7,
    heldBrowsers: 8,
    closes: { PEER_LOST: 9 },
    draining: false,
  };
  const lines = metricsText(stats).split("\n");
  expect(lines).toContain('wingthing_relay_links{kind="wing"} 3');
  expect(lines).toContain("# TYPE wingthing_relay_forwarded_bytes_total counter");
  expect(lines).toContain("wingthing_relay_forwarded_bytes_total 6");
  expect(lines).toContain('wingthing_relay_closes_total{reason="PEER_LOST"} 9');
  expect(
    lines.filter((line) => line !== "").every((line) => /^(# TYPE )?wingthing_relay_[a-z_]+(\{.+\})? \S+$/.test(line)),
  ).toBe(true);
});

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { byMetric, publish, type Report, rate, reportTable } from "./report.ts";

const report: Report = {
  name: "terminal",
  peers: ["bare", "tmux", "wingthing"],
  baseline: "bare",
  measurements: [
    { metric: "echo p50 ms", values: { bare: 0.4, tmux: 0.2, wingthing: 0.5 } },
    { metric: "attach ms", values: { tmux: 6, wingthing: 12 } },
  ],
};

test("each peer is divided by the baseline, and what is missing has no ratio", () => {
  expect(rate(report).map(({ ratios }) => ratios)).toEqual([{ tmux: 0.5, wingthing: 1.25 }, {}]);
});

test("the table shows every peer, then every ratio", () => {
  expect(reportTable(report).split("\n")).toEqual([
    "terminal      bare   tmux  wingthing  tmux ÷ bare  wingthing ÷ bare",
    "echo p50 ms  0.400  0.200      0.500        0.500              1.25",
    "attach ms        -   6.00       12.0            -                 -",
  ]);
});

test("the file holds the same numbers as the table", () => {
  const folder = mkdtempSync(join(tmpdir(), "wt-report-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  onTestFinished(() => log.mockRestore());
  const file = publish(report, join(folder, "results"));
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ baseline: "bare", measurements: rate(report) });
});

test("what peers measured one by one becomes rows, in the order in which metrics first came", () => {
  const results = new Map([
    ["bare", new Map([["echo", 1]])],
    [
      "tmux",
      new Map([
        ["attach", 2],
        ["echo", 3],
      ]),
    ],
  ]);
  expect(byMetric(results)).toEqual({
    peers: ["bare", "tmux"],
    measurements: [
      { metric: "echo", values: { bare: 1, tmux: 3 } },
      { metric: "attach", values: { tmux: 2 } },
    ],
  });
});

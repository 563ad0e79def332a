import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderTable, threeDigits } from "./table.ts";

/** One number that several peers have. */
interface Measurement {
  /** With its unit, for instance "echo p50 ms". */
  readonly metric: string;
  /** By name of the peer; a peer that cannot do it is absent. */
  readonly values: Readonly<Record<string, number>>;
}

/** What a benchmark found. */
export interface Report {
  /** File name of the results, without its ending. */
  readonly name: string;
  /** In the order of the columns. */
  readonly peers: readonly string[];
  /** The peer that the others are divided by. */
  readonly baseline: string;
  readonly measurements: readonly Measurement[];
}

/** A measurement with each peer's value divided by the baseline's. */
export interface RatedMeasurement extends Measurement {
  readonly ratios: Readonly<Record<string, number>>;
}

/** Divides by the baseline; a peer or a baseline without a value has no ratio. */
export function rate({ peers, baseline, measurements }: Report): RatedMeasurement[] {
  return measurements.map((measurement) => {
    const base = measurement.values[baseline];
    const ratios: Record<string, number> = {};
    for (const peer of peers) {
      const value = measurement.values[peer];
      if (peer !== baseline && value !== undefined && base !== undefined && base !== 0) ratios[peer] = value / base;
    }
    return { ...measurement, ratios };
  });
}

/** Turns what each peer measured, metric by metric, into the rows of a report. */
export function byMetric(
  results: ReadonlyMap<string, ReadonlyMap<string, number>>,
): Pick<Report, "peers" | "measurements"> {
  const metrics = new Set([...results.values()].flatMap((values) => [...values.keys()]));
  const measurements = Array.from(metrics, (metric): Measurement => {
    const values: Record<string, number> = {};
    for (const [peer, measured] of results) {
      const value = measured.get(metric);
      if (value !== undefined) values[peer] = value;
    }
    return { metric, values };
  });
  return { peers: [...results.keys()], measurements };
}

/** The report as a table: a column for each peer, then a column of ratios for each but the baseline. */
export function reportTable(report: Report): string {
  const others = report.peers.filter((peer) => peer !== report.baseline);
  const head = [report.name, ...report.peers, ...others.map((peer) => `${peer} ÷ ${report.baseline}`)];
  const rows = rate(report).map(({ metric, values, ratios }) => [
    metric,
    ...report.peers.map((peer) => cell(values[peer])),
    ...others.map((peer) => cell(ratios[peer])),
  ]);
  return renderTable([head, ...rows]);
}

/** Prints the table and writes FOLDER/NAME.json; returns the file's path. */
export function publish(report: Report, folder: string): string {
  console.log(`\n${reportTable(report)}\n`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${report.name}.json`);
  const { name, baseline, peers } = report;
  const document = { name, baseline, peers, at: new Date().toISOString(), measurements: rate(report) };
  writeFileSync(file, `${JSON.stringify(document, undefined, 2)}\n`);
  return file;
}

function cell(value: number | undefined): string {
  return value === undefined ? "-" : threeDigits(value);
}

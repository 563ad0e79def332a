import { pathOf } from "@wingthing/service-runtime/http-reply";
import type { RequestHandler } from "@wingthing/service-runtime/request-handler";
import type { RelayStats } from "./app.ts";

/** Where it answers. */
const METRICS_PATH = "/metrics";

/** Answers GET /metrics in the text format of Prometheus. */
export function metricsHandler(stats: () => RelayStats): RequestHandler {
  return (request, response) => {
    if (pathOf(request) !== METRICS_PATH || request.method !== "GET") return false;
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4", "cache-control": "no-store" });
    response.end(metricsText(stats()));
    return true;
  };
}

/** The counts as Prometheus reads them. */
export function metricsText(stats: RelayStats): string {
  const lines = [
    metric("links", "gauge", [
      ['{kind="greeting"}', stats.greetings],
      ['{kind="browser"}', stats.browsers],
      ['{kind="wing"}', stats.wings],
    ]),
    metric("channels", "gauge", [["", stats.channels]]),
    metric("backlog_bytes", "gauge", [["", stats.backlogBytes]]),
    metric("held_browsers", "gauge", [["", stats.heldBrowsers]]),
    metric("draining", "gauge", [["", stats.draining ? 1 : 0]]),
    metric("forwarded_frames_total", "counter", [["", stats.framesForwarded]]),
    metric("forwarded_bytes_total", "counter", [["", stats.bytesForwarded]]),
    metric(
      "closes_total",
      "counter",
      Object.entries(stats.closes).map(([reason, count]) => [`{reason="${reason}"}`, count] as const),
    ),
  ];
  return `${lines.flat().join("\n")}\n`;
}

type Sample = readonly [labels: string, value: number];

function metric(name: string, type: "gauge" | "counter", samples: readonly Sample[]): string[] {
  const full = `wingthing_relay_${name}`;
  return [`# TYPE ${full} ${type}`, ...samples.map(([labels, value]) => `${full}${labels} ${value}`)];
}

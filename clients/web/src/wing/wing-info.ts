import type { GetInfoResponse } from "@wingthing/contracts/gen/wingthing/wing/v1/info_pb";
import { plainText } from "./plain-text.ts";

/** An agent that a wing can start. */
export interface AgentChoice {
  readonly name: string;
  readonly title: string;
  readonly installed: boolean;
  readonly installHint: string;
}

/** What a wing says of itself. */
export interface WingInfo {
  readonly label: string;
  readonly platform: string;
  /** Free tags. */
  readonly labels: readonly string[];
  readonly version: string;
  /** Installed ones first. */
  readonly agents: readonly AgentChoice[];
  /** Absolute. */
  readonly home: string;
  readonly roots: readonly string[];
}

/** Reads InfoService's answer. */
export function parseInfo(info: GetInfoResponse): WingInfo {
  const agents = info.agents.map(({ name, title, installed, installHint }) => ({
    name: plainText(name, 64),
    title: plainText(title === "" ? name : title, 64),
    installed,
    installHint: plainText(installHint, 400),
  }));
  return {
    label: plainText(info.label, 64),
    platform: plainText(info.platform, 32),
    labels: info.labels.map((tag) => plainText(tag, 32)),
    version: plainText(info.version, 64),
    agents: [...agents.filter((agent) => agent.installed), ...agents.filter((agent) => !agent.installed)],
    home: info.home,
    roots: info.roots,
  };
}

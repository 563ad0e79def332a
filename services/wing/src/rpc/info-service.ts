import { hostname } from "node:os";
import type { ServiceImpl } from "@connectrpc/connect";
import type { Agent, InfoService } from "@wingthing/contracts/gen/wingthing/wing/v1/info_pb";
import type { WingId } from "@wingthing/contracts/ids";
import { AGENT_PROFILES } from "@wingthing/egg-config/agent-profiles";
import { fingerprint } from "@wingthing/sealed-channel/key-pair";
import { isInstalled, type ProgramSearch } from "../eggs/agent-command.ts";
import type { Roots } from "../workspace/roots.ts";

/** What the wing tells of itself. */
export interface WingFacts {
  readonly wingId: WingId;
  readonly publicKey: Uint8Array;
  readonly version: string;
  readonly search: ProgramSearch;
  /** Asked at each call, for wing.yaml may have changed. */
  readonly roots: () => Roots;
  readonly label: () => string | undefined;
  readonly labels: () => readonly string[];
}

/** Facts about the wing. */
export function infoService(facts: WingFacts): ServiceImpl<typeof InfoService> {
  return {
    async getInfo() {
      const roots = facts.roots();
      return {
        wingId: facts.wingId,
        label: facts.label() ?? hostname(),
        labels: [...facts.labels()],
        platform: process.platform,
        version: facts.version,
        agents: await agentsHere(facts.search),
        home: roots.home,
        roots: [...roots.paths],
        keyFingerprint: fingerprint(facts.publicKey),
      };
    },
  };
}

/** Installed ones first, otherwise as the profiles stand. */
async function agentsHere(search: ProgramSearch): Promise<Omit<Agent, "$typeName" | "$unknown">[]> {
  const agents = await Promise.all(
    AGENT_PROFILES.map(async (profile) => {
      const { name, title, installHint } = profile;
      return { name, title, installed: await isInstalled(profile, search), installHint };
    }),
  );
  return agents.sort((a, b) => Number(b.installed) - Number(a.installed));
}

import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { AGENT_PROFILES } from "@wingthing/egg-config/agent-profiles";
import { EXIT } from "../command-error.ts";
import { readRoostRecord } from "../roost/roost-record.ts";
import { stateDir } from "../state-dir.ts";
import { formatTable } from "../terminal/table.ts";
import { VERSION } from "../version.ts";
import { wingAnswers } from "../wing/wing-client.ts";

/** One finding: good, a gap that stops sessions, or something that is merely worth knowing. */
interface Finding {
  readonly area: string;
  readonly level: "ok" | "missing" | "note";
  readonly found: string;
  readonly remedy?: string;
}

/** Programs that the sandbox stands on, and the Debian package of each. */
const SANDBOX_PROGRAMS = [
  ["bwrap", "bubblewrap"],
  ["nsenter", "util-linux"],
  ["prlimit", "util-linux"],
  ["ip", "iproute2"],
] as const;

function findProgram(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function sandboxPrograms(): Finding[] {
  return SANDBOX_PROGRAMS.map(([program, debianPackage]) => {
    const path = findProgram(program);
    return path === undefined
      ? { area: program, level: "missing", found: "not found", remedy: `sudo apt-get install -y ${debianPackage}` }
      : { area: program, level: "ok", found: path };
  });
}

function agents(): Finding[] {
  return AGENT_PROFILES.map((profile) => {
    const [program] = profile.command;
    const path = program === undefined ? process.env["SHELL"] : findProgram(program);
    return path === undefined
      ? { area: profile.name, level: "note", found: "not installed", remedy: profile.installHint }
      : { area: profile.name, level: "ok", found: path };
  });
}

function readLine(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}

function kernel(): Finding[] {
  const restricted = readLine("/proc/sys/kernel/apparmor_restrict_unprivileged_userns");
  const most = readLine("/proc/sys/user/max_user_namespaces");
  const findings: Finding[] = [
    { area: "kernel", level: "ok", found: readLine("/proc/sys/kernel/osrelease") ?? process.platform },
  ];
  if (restricted === "1") {
    findings.push({
      area: "user namespaces",
      level: "note",
      found: "AppArmor lets only programs with a profile make them",
      remedy:
        "sudo apt-get install -y apparmor-profiles && sudo ln -s /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/ && sudo systemctl reload apparmor",
    });
  }
  if (most === "0") {
    findings.push({
      area: "user namespaces",
      level: "missing",
      found: "switched off",
      remedy: "sudo sysctl user.max_user_namespaces=65536",
    });
  }
  return findings;
}

async function running(): Promise<Finding[]> {
  const folder = stateDir();
  const record = readRoostRecord(folder);
  const wing = await wingAnswers(folder);
  return [
    { area: "wt", level: "ok", found: `${VERSION} on Node ${process.versions.node}` },
    { area: "state", level: "ok", found: folder },
    record === undefined
      ? { area: "roost", level: "note", found: "does not run", remedy: "wt roost start" }
      : { area: "roost", level: "ok", found: record.url },
    wing
      ? { area: "wing", level: "ok", found: "answers" }
      : { area: "wing", level: "note", found: "does not run", remedy: "wt roost start" },
  ];
}

/** `wt doctor`: what this machine has and lacks; exit code 1 when sessions cannot start. */
export async function doctor(options: { json?: boolean }): Promise<void> {
  const findings = [...(await running()), ...kernel(), ...sandboxPrograms(), ...agents()];
  const broken = findings.some((finding) => finding.level === "missing");
  if (broken) process.exitCode = EXIT.failed;
  if (options.json === true) {
    console.log(JSON.stringify({ ok: !broken, findings }, null, 2));
    return;
  }
  const mark = { ok: "✓", missing: "✗", note: "·" } as const;
  console.log(
    formatTable(
      findings.map((finding) => [
        mark[finding.level],
        finding.area,
        finding.found + (finding.remedy === undefined ? "" : `  →  ${finding.remedy}`),
      ]),
    ),
  );
  console.log(broken ? "\nsessions cannot start until the lines with ✗ are mended" : "\nsessions can start");
}

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "./run.mjs";
import { step, stopWith } from "./say.mjs";

/** Programs that the sandbox stands on, and the Debian package of each. */
export const PRODUCT_PROGRAMS = {
  bwrap: "bubblewrap",
  nsenter: "util-linux",
  prlimit: "util-linux",
  setpriv: "util-linux",
  ip: "iproute2",
  git: "git",
};

/** Programs that only the tests use, and the Debian package of each. */
export const TEST_PROGRAMS = {
  chromium: "chromium",
  curl: "curl",
  openssl: "openssl",
  python3: "python3",
  tmux: "tmux",
  useradd: "passwd",
};

/** An ordinary user's PATH often lacks the sbin folders where `ip` and `useradd` live. */
const SEARCH = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin", "/usr/bin", "/bin"];

function isThere(program) {
  return SEARCH.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

async function asRoot() {
  if (process.getuid?.() === 0) return [];
  try {
    await run("sudo", ["-n", "true"]);
    return ["sudo", "-n"];
  } catch {
    return undefined;
  }
}

/**
 * Installs what is missing through apt when this user may, else ends with the one line to run.
 * @param {Record<string, string>} programs program → Debian package
 */
export async function installSystemPackages(programs) {
  const missing = Object.entries(programs).filter(([program]) => !isThere(program));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(([, name]) => name))];
  const line = `apt-get install -y ${packages.join(" ")}`;
  const names = missing.map(([program]) => program).join(", ");
  if (!isThere("apt-get")) {
    stopWith(
      `Missing: ${names}. Install ${packages.join(", ")} with this system's package manager, then run this again.`,
    );
  }
  const prefix = await asRoot();
  if (prefix === undefined) stopWith(`Missing: ${names}. Run this once, then start again:\n\n    sudo ${line}\n`);
  await step(`Installing ${packages.join(", ")} through apt (once)`, async () => {
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    const [file, ...rest] = [...prefix, "apt-get"];
    await run(file, [...rest, "update", "-q"], { env });
    await run(file, [...rest, "install", "-y", "-q", "--no-install-recommends", ...packages], { env });
  });
}

/**
 * `node scripts/complete-lock.mjs`, after a change of dependencies: names the native packages of other platforms that
 * npm left out of package-lock.json because the registry at hand does not carry them. Without them `npm ci` refuses the
 * lock file, although it would never install them here.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./setup/packages.mjs";

const SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const PROCESSORS = ["arm64", "x64", "ia32", "ppc64", "riscv64", "s390x", "loong64", "mips64el", "wasm32", "arm"];

const file = join(ROOT, "package-lock.json");
const lock = JSON.parse(readFileSync(file, "utf8"));

/** Whether Node's look-up from this package would find that one. */
function isLocked(from, name) {
  for (
    let folder = from;
    ;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf("node_modules/"))).replace(/\/$/, "")
  ) {
    if (`${folder === "" ? "" : `${folder}/`}node_modules/${name}` in lock.packages) return true;
    if (folder === "") return false;
  }
}

const part = (name, words) => words.filter((word) => new RegExp(`(^|[-_])${word}([-_]|$)`).test(name)).slice(0, 1);

for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isLocked(path, name)) continue;
    const [os, cpu] = [part(name.split("/").at(-1), SYSTEMS), part(name.split("/").at(-1), PROCESSORS)];
    if (os.length + cpu.length === 0)
      throw new Error(`${name} is no package of one platform: the registry should have it`);
    const libc = name.endsWith("musl") ? ["musl"] : undefined;
    lock.packages[`node_modules/${name}`] = {
      version: version.replace(/^[\^~]/, ""),
      ...(cpu.length > 0 && { cpu }),
      ...(entry.dev && { dev: true }),
      ...(libc && { libc }),
      optional: true,
      ...(os.length > 0 && { os }),
    };
    console.log(`${name} ${version}`);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);

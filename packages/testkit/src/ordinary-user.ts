import { execFileSync } from "node:child_process";

/** An ordinary user of this machine that a story made. */
export interface OrdinaryUser extends Disposable {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  /** Words to put before a command so that it runs as this user, with nothing of root left. */
  readonly prefix: readonly string[];
}

/** Whether this process may make users. */
export const canMakeUsers = process.getuid?.() === 0;

/** Makes a user with a home folder and bash; disposing removes both. Needs root. */
export function makeOrdinaryUser(name: string): OrdinaryUser {
  execFileSync("useradd", ["--create-home", "--shell", "/bin/bash", name], { stdio: "ignore" });
  const id = (flag: string): number => Number(execFileSync("id", [flag, name], { encoding: "utf8" }));
  const [uid, gid] = [id("-u"), id("-g")];
  return {
    name,
    uid,
    gid,
    home: `/home/${name}`,
    prefix: ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--init-groups", "--inh-caps=-all", "--"],
    [Symbol.dispose]: () => {
      execFileSync("userdel", ["--remove", name], { stdio: "ignore" });
    },
  };
}

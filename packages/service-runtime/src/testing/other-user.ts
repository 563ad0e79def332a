import { execFile } from "node:child_process";

/** A user of this machine who is not the one that runs the test; nobody needs to be registered under the number. */
export const OTHER_UID = 54_321;

/** Only root may start a program as somebody else. */
export const CAN_BE_OTHER_USER = process.platform === "linux" && process.getuid?.() === 0;

/** Runs a program as the other user and gives what it printed. */
export function runAsOtherUser(command: readonly string[]): Promise<string> {
  const user = [`--reuid=${OTHER_UID}`, `--regid=${OTHER_UID}`, "--clear-groups", "--"];
  return new Promise((resolve, reject) => {
    execFile("setpriv", [...user, ...command], { cwd: "/", encoding: "utf8" }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${command[0]} as another user: ${stderr}`, { cause: error }));
      else resolve(stdout);
    });
  });
}

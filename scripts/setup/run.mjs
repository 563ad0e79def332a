import { spawn } from "node:child_process";

/** A command ended with another code than 0. */
export class CommandFailedError extends Error {
  constructor(command, code, output) {
    super(`${command} ended with ${code}${output === "" ? "" : `:\n${output}`}`);
    this.name = "CommandFailedError";
    this.code = code;
  }
}

/** Longest output of a quiet command that is kept for its error message, in characters. */
const MAX_KEPT_OUTPUT = 16_384;

/**
 * Runs a command to its end. Quiet by default: its output is shown only when it fails.
 * @param {string} file program
 * @param {readonly string[]} args arguments
 * @param {{cwd?: string, env?: Record<string, string | undefined>, loud?: boolean}} [options] loud: the output is shown as it comes
 * @returns {Promise<string>} standard output and error of a quiet command
 */
export function run(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: options.loud ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const keep = (chunk) => {
      output = (output + chunk).slice(-MAX_KEPT_OUTPUT);
    };
    child.stdout?.setEncoding("utf8").on("data", keep);
    child.stderr?.setEncoding("utf8").on("data", keep);
    child.on("error", (cause) => reject(new Error(`cannot run ${file}: ${cause.message}`, { cause })));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new CommandFailedError([file, ...args].join(" "), code ?? signal, output));
    });
  });
}

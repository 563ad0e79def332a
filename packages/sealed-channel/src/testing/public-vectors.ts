import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Published vectors: WT_VECTORS, or the folder beside the repository; they are never committed. */
const FOLDER = process.env["WT_VECTORS"] ?? fileURLToPath(new URL("../../../../../shared/vectors", import.meta.url));

/** Whether the file of published vectors is at hand; when not, says once which tests do not run. */
export function hasPublicVectors(file: string): boolean {
  const found = existsSync(`${FOLDER}/${file}`);
  if (!found) console.warn(`skipped: no ${file} in ${FOLDER}; set WT_VECTORS to the folder that has it`);
  return found;
}

/** The parsed file; only after hasPublicVectors. */
export function readPublicVectors<T>(file: string): T {
  return JSON.parse(readFileSync(`${FOLDER}/${file}`, "utf8")) as T;
}

/** Bytes of a hexadecimal text. */
export function hex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text, "hex"));
}

/** Hexadecimal text of bytes. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

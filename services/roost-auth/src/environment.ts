import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

/** Variables of a roost-auth that runs by itself. */
export const environmentSchema = z.object({
  WT_ROOST_DIR: z
    .string()
    .default(() => join(homedir(), ".wingthing", "roost"))
    .describe("a folder for the database and the keys"),
  WT_AUTH_HOST: z.string().optional().describe("an address of this machine; unset = 127.0.0.1 and ::1"),
  WT_AUTH_PORT: z.coerce.number().int().min(0).max(65_535).default(8081).describe("a port from 0 to 65535"),
  WT_ROOST_TOKEN: z.string().optional().describe("a secret of at least 24 characters"),
  WT_JWT_KEY: z.string().optional().describe("a private ES256 key, PEM or base64 of DER"),
  WT_LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info").describe("debug, info, warn or error"),
});

import { z } from "zod";

/** Variables of a roost-relay that runs by itself. */
export const environmentSchema = z.object({
  WT_JWKS_URL: z
    .url({ protocol: /^https?$/ })
    .describe("the address of roost-auth's keys, as in http://roost-auth:8081/.well-known/jwks.json"),
  WT_RELAY_HOST: z.string().optional().describe("an address of this machine; unset = 127.0.0.1 and ::1"),
  WT_RELAY_PORT: z.coerce.number().int().min(0).max(65_535).default(8082).describe("a port from 0 to 65535"),
  WT_LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info").describe("debug, info, warn or error"),
});

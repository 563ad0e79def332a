import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

/** Variables of a wing that runs by itself. */
export const environmentSchema = z.object({
  WINGTHING_DIR: z
    .string()
    .default(() => join(homedir(), ".wingthing"))
    .describe("the wing's own folder, of mode 0700"),
  WT_ROOST_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("a URL, for instance https://roost.example.org; unset = no roost"),
  WT_LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info").describe("debug, info, warn or error"),
});

import { setFlagsFromString } from "node:v8";

/**
 * Imported before everything else in an egg's process. A flood makes much short-lived garbage, for which V8 would grow
 * its nursery to 48 MiB and keep it; with a small one an egg stays 50 MB smaller and is no slower.
 */
setFlagsFromString("--semi-space-growth-factor=1");
setFlagsFromString("--max-semi-space-size=2");

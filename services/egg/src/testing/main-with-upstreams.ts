/**
 * The egg as stories run it: everything is real, but names lead where the argument says, as in
 * `{"api.anthropic.com:443": "127.0.0.1:PORT"}`. Production knows no such thing: nothing there redirects an egg's traffic.
 */
import "../small-heap.ts";

import { z } from "zod";
import { mapUpstreams } from "../gateway/testing/upstream-map.ts";
import { runEgg } from "../run-egg.ts";

const upstreams = z.record(z.string(), z.string()).parse(JSON.parse(process.argv[2] ?? "{}"));

await runEgg(mapUpstreams(upstreams));

/**
 * An egg for stories: everything is the real thing, but names lead to local servers. Takes the map as JSON on its
 * command line, as in '{"api.example.com:443":"127.0.0.1:8443"}'.
 */
import { openGateway } from "../gateway/gateway.ts";
import { mapUpstreams } from "../gateway/testing/upstream-map.ts";
import { runEgg } from "../run-egg.ts";

const upstreams = mapUpstreams(JSON.parse(process.argv[2] ?? "{}") as Record<string, string>);
await runEgg({ openGateway: (options) => openGateway({ ...options, ...upstreams }) });

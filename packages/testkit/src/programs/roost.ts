/**
 * A roost with its wing as one process of a story. Takes the options of TestRoostOptions as JSON on its command line,
 * prints one line of JSON when it is open, and stops on SIGTERM.
 */
import { createLog } from "@wingthing/service-runtime/log-file";
import { startRoost } from "@wingthing/wt/roost/start-roost";
import { VERSION } from "@wingthing/wt/version";

const options = JSON.parse(process.argv[2] ?? "{}") as {
  stateDir: string;
  home: string;
  webDir: string;
  eggArgs: string[];
  logFile: string;
  wingDials?: string;
  port?: number;
};

const roost = await startRoost({
  stateDir: options.stateDir,
  home: options.home,
  hostEnv: process.env,
  port: options.port ?? 0,
  webDir: options.webDir,
  eggProgram: { file: process.execPath, args: options.eggArgs },
  version: VERSION,
  log: createLog({ file: options.logFile }),
  ...(options.wingDials === undefined ? {} : { wingDials: options.wingDials }),
});
console.log(JSON.stringify({ url: roost.url, wingId: roost.wing.wingId }));
process.once("SIGTERM", () => {
  roost.stop().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

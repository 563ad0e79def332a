import { VERSION } from "./version.ts";

const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
  // The answer that scripts ask for most loads nothing else.
  console.log(VERSION);
} else {
  const { runProgram } = await import("./program.ts");
  await runProgram(process.argv);
}

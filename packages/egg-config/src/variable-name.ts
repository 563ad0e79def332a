import { EggValueError } from "./egg-config-error.ts";

/** Names that POSIX shells accept; others could not be exported again inside. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** Variables of wingthing itself, and those that make an agent believe it was started by another one. */
const NEVER_PASSED = /^(WT_|WINGTHING_|CLAUDECODE$|CLAUDE_CODE_(?!OAUTH_TOKEN$))/;

/** Variables that make every program inside load code of the host's choice before its own first line. */
const LOADER = /^(LD_|DYLD_|BASH_ENV$|ENV$|BASH_FUNC_)/;

/** The name itself, when a person may let that variable pass into the egg. */
export function checkVariableName(name: string): string {
  if (name === "*") {
    throw new EggValueError('"*" would pass every secret of your shell; name the variables one by one');
  }
  if (!NAME.test(name)) throw new EggValueError(`"${name}" is no name of a variable; write one like GITHUB_TOKEN`);
  if (NEVER_PASSED.test(name)) throw new EggValueError(`"${name}" never passes into an egg; remove it`);
  if (LOADER.test(name))
    throw new EggValueError(`"${name}" changes how every program starts and never passes; remove it`);
  return name;
}

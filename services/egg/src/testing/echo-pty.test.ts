import { EchoPty } from "./echo-pty.ts";
import { describePty } from "./pty-compliance.ts";

describePty("EchoPty", (program, grid) => new EchoPty(program, grid));

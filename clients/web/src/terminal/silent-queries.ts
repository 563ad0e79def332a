import type { IFunctionIdentifier, IParser } from "@xterm/xterm";

/** Sequences with which a program asks its terminal something: abilities, cursor, modes, version, keyboard, window. */
const CSI_QUERIES: readonly IFunctionIdentifier[] = [
  { final: "c" },
  { prefix: ">", final: "c" },
  { prefix: "=", final: "c" },
  { final: "n" },
  { prefix: "?", final: "n" },
  { intermediates: "$", final: "p" },
  { prefix: "?", intermediates: "$", final: "p" },
  { prefix: ">", final: "q" },
  { prefix: "?", final: "u" },
];

/** DECRQSS, and XTGETTCAP. */
const DCS_QUERIES: readonly IFunctionIdentifier[] = [
  { intermediates: "$", final: "q" },
  { intermediates: "+", final: "q" },
];

/** Colours: the palette, text, ground, cursor. The same sequences set them, which stays possible. */
const COLOR_OSCS: readonly number[] = [4, 10, 11, 12];

/**
 * Keeps a terminal from answering a program's questions. The egg answers them: there is one answer then, whether
 * nobody is attached or ten viewers are, and none is typed twice when output is sent again after a break.
 */
export function silenceQueries(parser: IParser): void {
  for (const query of CSI_QUERIES) parser.registerCsiHandler(query, () => true);
  for (const query of DCS_QUERIES) parser.registerDcsHandler(query, () => true);
  for (const number of COLOR_OSCS) parser.registerOscHandler(number, (data) => data.split(";").includes("?"));
}

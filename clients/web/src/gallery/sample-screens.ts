const CSI = "\u001b[";
const yellow = (text: string) => `${CSI}33m${text}${CSI}0m`;
const green = (text: string) => `${CSI}32m${text}${CSI}0m`;
const dim = (text: string) => `${CSI}90m${text}${CSI}0m`;
const bold = (text: string) => `${CSI}1m${text}${CSI}0m`;

function box(title: string, lines: readonly string[], width: number): string[] {
  const rule = (left: string, right: string, text: string) =>
    yellow(`${left}─${text}${"─".repeat(Math.max(0, width - text.length - 3))}${right}`);
  return [
    rule("╭", "╮", title === "" ? "" : ` ${title} `),
    ...lines.map((line) => `${yellow("│")} ${line.padEnd(width - 4)} ${yellow("│")}`),
    rule("╰", "╯", ""),
  ];
}

/** What an agent's full screen looks like in a grid of so many columns. */
export function agentScreen(columns: number): string {
  const width = Math.min(78, columns - 2);
  return [
    ...box("Claude Code", ["~/src/wingthing"], width),
    "",
    `${dim(">")} make the egg directory adopt sessions after a restart`,
    "",
    `${green("●")} I'll look at how eggs are found on disk first.`,
    "",
    `${green("●")} ${bold("Read")}(services/wing/src/eggs/egg-directory.ts)`,
    dim("  └  Read 118 lines"),
    "",
    `${green("●")} ${bold("Update")}(services/wing/src/eggs/egg-directory.ts)`,
    dim("  └  Updated with 31 additions and 12 removals"),
    "",
    `${green("●")} ${bold("Bash")}(npm test -- eggs)`,
    `${dim("  └")}  ${green("✓")} adopts an egg whose process still lives`,
    `     ${green("✓")} reaps a folder whose pid was reused`,
    `     ${green("✓")} keeps recordings of the dead`,
    "",
    `${green("●")} All three pass. See https://example.com/docs for the release notes.`,
    "",
    ...box("", ["> "], width),
    dim("  ? for shortcuts"),
    `${CSI}2A${CSI}4G`,
  ].join("\r\n");
}

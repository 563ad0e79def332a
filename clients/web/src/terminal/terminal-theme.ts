import type { ITheme } from "@xterm/xterm";

/** Colours on a dark ground; the sixteen are ours, of one lightness, and all readable on it. */
const DARK: ITheme = {
  background: "#0b0d0e",
  foreground: "#d5dade",
  cursor: "#f5b83d",
  cursorAccent: "#0b0d0e",
  selectionBackground: "#3b4754",
  selectionInactiveBackground: "#2a323a",
  scrollbarSliderBackground: "#48515a66",
  scrollbarSliderHoverBackground: "#48515ab3",
  scrollbarSliderActiveBackground: "#48515a",
  black: "#22272c",
  red: "#f0706b",
  green: "#5fbf8a",
  yellow: "#f0b850",
  blue: "#7db7ff",
  magenta: "#c79bf2",
  cyan: "#5cc4cf",
  white: "#c3cad1",
  brightBlack: "#7f8993",
  brightRed: "#ff9a94",
  brightGreen: "#8be0b0",
  brightYellow: "#ffd27d",
  brightBlue: "#a8cfff",
  brightMagenta: "#dfc0ff",
  brightCyan: "#93e2ea",
  brightWhite: "#f4f6f8",
};

/** The same on a light ground. */
const LIGHT: ITheme = {
  background: "#fbfaf8",
  foreground: "#26282b",
  cursor: "#9a6500",
  cursorAccent: "#fbfaf8",
  selectionBackground: "#f7dfa9",
  selectionInactiveBackground: "#ece7dc",
  scrollbarSliderBackground: "#b9b3a666",
  scrollbarSliderHoverBackground: "#b9b3a6b3",
  scrollbarSliderActiveBackground: "#b9b3a6",
  black: "#26282b",
  red: "#b92c26",
  green: "#1b7047",
  yellow: "#855600",
  blue: "#1f5fbf",
  magenta: "#7a3fb0",
  cyan: "#0f6e7a",
  white: "#6a6e75",
  brightBlack: "#666a70",
  brightRed: "#a3211c",
  brightGreen: "#145c39",
  brightYellow: "#6e4700",
  brightBlue: "#174c9c",
  brightMagenta: "#64309a",
  brightCyan: "#0a5964",
  brightWhite: "#3a3d41",
};

/** The terminal's colours for a scheme. */
export function terminalTheme(scheme: "dark" | "light"): ITheme {
  return scheme === "dark" ? DARK : LIGHT;
}

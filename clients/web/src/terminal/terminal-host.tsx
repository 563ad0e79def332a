import type { Grid } from "@wingthing/attached-session/grid";
import { useEffect, useRef } from "preact/hooks";
import type { TerminalEvents, TerminalLook, TerminalSurface } from "./terminal-surface.ts";
import "./terminal-host.css";

/** The element around a terminal. Browser tests read the screen from it, because pixels cannot be read. */
export interface TerminalHostElement extends HTMLElement {
  /** Visible rows as text without trailing blanks; absent until the terminal is open. */
  readScreen?: () => string[];
  /** The same for every row that the terminal holds, scrollback first. */
  readScrollback?: () => string[];
}

interface TerminalHostProps {
  readonly look: TerminalLook;
  readonly events: TerminalEvents;
  /** Shown as data-state, data-seq and data-grid, for tests to wait for. */
  readonly state: string;
  readonly seq: bigint;
  readonly grid: Grid | undefined;
  /** The terminal is open; the result takes it down again. */
  readonly onOpen: (surface: TerminalSurface) => () => void;
  /** The grid that fits has changed. */
  readonly onFit: (grid: Grid) => void;
}

/** Loads the terminal when it is first shown, fits it, and takes it down with the page. */
export function TerminalHost({ look, events, state, seq, grid, onOpen, onFit }: TerminalHostProps) {
  const host = useRef<TerminalHostElement>(null);
  const surface = useRef<TerminalSurface | undefined>(undefined);
  const latest = useRef({ look, onOpen, onFit });
  latest.current = { look, onOpen, onFit };
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const stop = new AbortController();
    openTerminal(element, latest.current.look, events, stop.signal).then((opened) => {
      if (opened === undefined) return;
      surface.current = opened;
      const close = latest.current.onOpen(opened);
      const observer = new ResizeObserver(() => latest.current.onFit(opened.ownGrid));
      observer.observe(element);
      stop.signal.addEventListener("abort", () => {
        surface.current = undefined;
        observer.disconnect();
        close();
        opened[Symbol.dispose]();
      });
    });
    return () => stop.abort();
  }, [events]);
  useEffect(() => surface.current?.setLook(look), [look]);
  return (
    <section
      ref={host}
      class="terminal-host"
      aria-label="Terminal"
      data-state={state}
      data-seq={seq.toString()}
      data-grid={grid === undefined ? "" : `${grid.columns}x${grid.rows}`}
    />
  );
}

async function openTerminal(
  element: TerminalHostElement,
  look: TerminalLook,
  events: TerminalEvents,
  signal: AbortSignal,
): Promise<TerminalSurface | undefined> {
  const { TerminalSurface } = await import("./terminal-surface.ts");
  if (signal.aborted) return undefined;
  const surface = await TerminalSurface.open(element, look, events);
  if (signal.aborted) {
    surface[Symbol.dispose]();
    return undefined;
  }
  element.readScreen = () => surface.readScreen();
  element.readScrollback = () => surface.readScrollback();
  return surface;
}

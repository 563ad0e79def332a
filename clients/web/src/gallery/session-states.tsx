import type { Grid } from "@wingthing/attached-session/grid";
import { useState } from "preact/hooks";
import { ChannelPanel } from "../screens/session/channel-panel.tsx";
import { SessionScreen } from "../screens/session/session-screen.tsx";
import { type SessionFacts, sessionView } from "../screens/session/session-view.ts";
import { TerminalQuestionDialog } from "../screens/session/terminal-question.tsx";
import { followLook } from "../terminal/follow-look.ts";
import { KeyBar } from "../terminal/key-bar.tsx";
import type { TerminalQuestion } from "../terminal/question-desk.ts";
import { TerminalHost } from "../terminal/terminal-host.tsx";
import type { TerminalEvents, TerminalLook, TerminalSurface } from "../terminal/terminal-surface.ts";
import type { GalleryState } from "./gallery-state.ts";
import { agentScreen } from "./sample-screens.ts";
import { NOW, SESSIONS, wing, wingId } from "./sample-sessions.ts";

const nothing = () => {};
const events: TerminalEvents = {
  onData: nothing,
  onPaste: nothing,
  onLink: nothing,
  onClipboardWrite: nothing,
  onCopy: nothing,
  onScroll: nothing,
};
const session = SESSIONS.refactor;
const studio = wing("a", "studio", { list: { kind: "listed", sessions: [session] } });
const base: SessionFacts = {
  sessionId: session.id,
  place: { kind: "on-wing", wingId: wingId("a"), session },
  wing: studio,
  maybeOn: [],
  attach: { kind: "live" },
  drawn: true,
  viewers: 2,
  grid: undefined,
  ownGrid: undefined,
  ending: false,
  now: NOW,
};
const WORDS = "otter lamp seven maple quiet drum harbor lentil".split(" ");

const theme = document.documentElement.dataset["theme"];
const look = (): TerminalLook => {
  const system = followLook(window).value;
  return theme === "light" || theme === "dark" ? { ...system, scheme: theme } : system;
};

function draw(surface: TerminalSurface, grid: Grid): () => void {
  surface.resize(grid);
  surface.redraw(new TextEncoder().encode(agentScreen(grid.columns)), nothing);
  return nothing;
}

interface SampleProps {
  readonly change?: Partial<SessionFacts>;
  readonly shownGrid?: Grid;
  readonly ctrlHeld?: boolean;
  readonly atBottom?: boolean;
}

function Sample({ change = {}, shownGrid, ctrlHeld = false, atBottom = true }: SampleProps) {
  const [chosen] = useState(look);
  const view = sessionView({ ...base, ...change });
  const secure = view.body.kind === "terminal" && view.strip === undefined;
  return (
    <SessionScreen
      view={view}
      channel={{
        secure,
        words: WORDS.slice(0, 3).join("-"),
        roundTripMs: secure ? 24.2 : undefined,
        panelOpen: false,
      }}
      atBottom={atBottom}
      actions={{
        onGo: nothing,
        onPanel: nothing,
        onEnd: nothing,
        onForget: nothing,
        onStartAgain: nothing,
        onTakeSize: nothing,
        onBottom: nothing,
        onRetry: nothing,
      }}
      terminal={
        <TerminalHost
          look={chosen}
          events={events}
          state="live"
          seq={0n}
          grid={undefined}
          onOpen={(surface) => draw(surface, shownGrid ?? surface.ownGrid)}
          onFit={nothing}
        />
      }
      keys={<KeyBar ctrlHeld={ctrlHeld} onCtrl={nothing} onKey={nothing} onPaste={nothing} onLine={nothing} />}
    />
  );
}

const away = { ...studio, state: { kind: "offline" } } as const;
const foreign = { columns: 180, rows: 50 };
const ended = { ...session, life: { kind: "ended", exit: { kind: "code", code: 1 }, reason: "" } } as const;

const over = {
  ...session,
  life: {
    kind: "ended",
    exit: { kind: "unknown" },
    reason: "the egg's process ended (ended by SIGKILL) while its agent ran",
  },
} as const;

const sample = (name: string, props: SampleProps): GalleryState => ({ name, draw: () => <Sample {...props} /> });
const question = (name: string, asked: TerminalQuestion): GalleryState => ({
  name,
  draw: () => (
    <>
      <Sample />
      <TerminalQuestionDialog question={asked} onYes={nothing} onNo={nothing} />
    </>
  ),
});

/** The session screen. */
export const sessionStates: readonly GalleryState[] = [
  sample("session-live", {}),
  sample("session-ctrl-held", { ctrlHeld: true, atBottom: false }),
  sample("session-ending", { change: { ending: true } }),
  sample("session-reconnecting", { change: { attach: { kind: "retrying", reason: "lost" } } }),
  sample("session-wing-went", { change: { attach: { kind: "waiting" }, wing: away } }),
  sample("session-foreign-grid", {
    change: { grid: foreign, ownGrid: { columns: 100, rows: 30 } },
    shownGrid: foreign,
  }),
  sample("session-ended", {
    change: {
      attach: { kind: "ended", exit: { kind: "code", code: 1 } },
      place: { kind: "on-wing", wingId: wingId("a"), session: ended },
      viewers: 1,
    },
  }),
  sample("session-over", {
    change: {
      attach: { kind: "ended", exit: { kind: "unknown" } },
      place: { kind: "on-wing", wingId: wingId("a"), session: over },
      drawn: false,
    },
  }),
  sample("session-waiting", { change: { attach: { kind: "waiting" }, drawn: false, wing: away } }),
  sample("session-searching", { change: { place: { kind: "searching" }, wing: undefined, drawn: false } }),
  sample("session-absent", { change: { place: { kind: "absent" }, wing: undefined, attach: undefined, drawn: false } }),
  sample("session-refused", {
    change: { attach: { kind: "refused", reason: "This session belongs to another member of the org." }, drawn: false },
  }),
  sample("session-key-changed", {
    change: {
      wing: { ...studio, state: { kind: "key-changed", pinned: new Uint8Array(32), offered: undefined } },
      drawn: false,
    },
  }),
  {
    name: "session-panel",
    draw: () => (
      <>
        <Sample />
        <ChannelPanel
          view={{
            wing: "studio",
            secure: true,
            words: WORDS,
            pinnedSince: "12 March 2026 at 09:40",
            person: "Edda Brix",
            role: "owner",
            enforcement: session.enforcement,
          }}
          onClose={nothing}
        />
      </>
    ),
  },
  question("question-paste", {
    kind: "paste",
    lines: 3,
    controls: 1,
    text: "",
    shown: "cd ~/src/wingthing\nnpm test\n^[[A",
  }),
  question("question-link", { kind: "link", href: "https://example.com/docs?from=terminal", host: "example.com" }),
  question("question-clipboard", { kind: "clipboard", text: "git push origin main" }),
];

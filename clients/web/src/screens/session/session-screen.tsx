import type { ComponentChildren } from "preact";
import type { Route } from "../../routing/route.ts";
import { ProgressLine } from "../../ui/progress-line.tsx";
import { EndedBar } from "./ended-bar.tsx";
import { GridPill } from "./grid-pill.tsx";
import { type ChannelGlyph, SessionHeader } from "./session-header.tsx";
import { SessionPlaceholder } from "./session-placeholder.tsx";
import type { SessionView } from "./session-view.ts";
import "./session-screen.css";

/** What the session screen can do. */
interface SessionActions {
  readonly onGo: (route: Route) => void;
  readonly onPanel: () => void;
  readonly onEnd: () => void;
  readonly onStartAgain: () => void;
  readonly onForget: () => void;
  readonly onTakeSize: () => void;
  readonly onBottom: () => void;
  readonly onRetry: () => void;
}

interface SessionScreenProps {
  readonly view: SessionView;
  readonly channel: ChannelGlyph;
  /** Whether the newest line is in view. */
  readonly atBottom: boolean;
  readonly actions: SessionActions;
  /** The terminal; drawn under a placeholder while there is nothing to see, so that it keeps its size. */
  readonly terminal: ComponentChildren;
  /** The keys of a phone. */
  readonly keys: ComponentChildren;
}

/** A live terminal with its header; the terminal is the hero and never moves. */
export function SessionScreen({ view, channel, atBottom, actions, terminal, keys }: SessionScreenProps) {
  const covered = view.body.kind !== "terminal";
  return (
    <div class="session">
      <SessionHeader
        view={view}
        channel={channel}
        onGo={actions.onGo}
        onPanel={actions.onPanel}
        onEnd={actions.onEnd}
        onRetry={actions.onRetry}
      />
      <main class="session-body" aria-label="Session">
        {view.strip === undefined ? null : <ProgressLine />}
        <div class="session-terminal" inert={covered}>
          {terminal}
        </div>
        {covered ? <SessionPlaceholder body={view.body} onGo={actions.onGo} onRetry={actions.onRetry} /> : null}
        {atBottom || covered ? null : (
          <button type="button" class="bottom-pill" onClick={actions.onBottom}>
            Newest line ↓
          </button>
        )}
        {view.foreignGrid === undefined ? null : <GridPill grid={view.foreignGrid} onTake={actions.onTakeSize} />}
        {view.exit === undefined || (covered && view.body.kind !== "over") ? null : (
          <EndedBar
            text={covered ? "" : view.exitText}
            canStartAgain={view.canStartAgain}
            onStartAgain={actions.onStartAgain}
            onForget={actions.onForget}
          />
        )}
      </main>
      {covered || view.exit !== undefined ? null : keys}
    </div>
  );
}

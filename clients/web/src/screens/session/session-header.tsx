import { Link } from "../../routing/link.tsx";
import type { Route } from "../../routing/route.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { StateDot } from "../../ui/state-dot.tsx";
import type { SessionView } from "./session-view.ts";
import "./session-header.css";

/** What the header shows of the channel. */
export interface ChannelGlyph {
  readonly secure: boolean;
  /** The first three words of the wing's fingerprint; empty while unknown. */
  readonly words: string;
  readonly roundTripMs: number | undefined;
  readonly panelOpen: boolean;
}

interface SessionHeaderProps {
  readonly view: SessionView;
  readonly channel: ChannelGlyph;
  readonly onGo: (route: Route) => void;
  readonly onPanel: () => void;
  readonly onEnd: () => void;
  readonly onRetry: () => void;
}

/** Who and where, whether the channel is safe, how far away, and the way to end it. */
export function SessionHeader({ view, channel, onGo, onPanel, onEnd, onRetry }: SessionHeaderProps) {
  const agent = view.about[0] ?? "the agent";
  return (
    <header class="session-bar">
      <Link to={{ kind: "home" }} onGo={onGo} class="session-back" label="Home">
        <Icon name="back" size={18} />
      </Link>
      <div class="crumb">
        <StateDot tone={view.tone} />
        <h1>{view.title}</h1>
        <p class="crumb-about" hidden={view.strip !== undefined}>
          {view.about.join(" · ")}
          <span class="visually-hidden">, {view.word}</span>
        </p>
        <p class="crumb-strip" role="status">
          {view.strip}
        </p>
      </div>
      {view.strip === undefined ? null : (
        <Button kind="quiet" class="strip-now" onPress={onRetry}>
          Try now
        </Button>
      )}
      {view.viewers > 1 ? (
        <span
          class="session-viewers"
          role="img"
          aria-label={`${view.viewers} viewers`}
          title={`${view.viewers} viewers`}
        >
          <Icon name="people" size={15} />
          {view.viewers}
        </span>
      ) : null}
      <button
        type="button"
        class={`lock${channel.secure ? "" : " open"}`}
        aria-haspopup="dialog"
        aria-expanded={channel.panelOpen}
        onClick={onPanel}
      >
        <Icon name="lock" size={15} />
        <span class="visually-hidden">{channel.secure ? "Encrypted channel" : "No channel"}</span>
        <span class="lock-words">{channel.words}</span>
      </button>
      <span class="round-trip mono" title="Round trip to the wing, through the sealed channel">
        {channel.roundTripMs === undefined ? "" : `${Math.max(1, Math.round(channel.roundTripMs))} ms`}
      </span>
      {view.exit === undefined ? (
        <ConfirmButton
          text={view.ending ? "Ending…" : "End"}
          confirmText="End now"
          label={view.ending ? "Ending…" : "End session"}
          confirmLabel="End session now"
          warning={`Stops ${agent} and everything that it started. What it has not saved is lost.`}
          kind="quiet"
          icon="stop"
          disabled={!view.canEnd}
          onConfirm={onEnd}
        />
      ) : null}
    </header>
  );
}

import { Link } from "../../routing/link.tsx";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Notice } from "../../ui/notice.tsx";
import { StateDot } from "../../ui/state-dot.tsx";
import type { HomeActions } from "./home-actions.ts";
import type { WingSectionView } from "./home-view.ts";
import { SessionCard, SessionCardSkeleton } from "./session-card.tsx";

/** From this many cards on a wide screen's row is full, and the way to a new one moves up to the wing's name. */
const FULL_ROW = 3;

/** One wing: its name and state, and its sessions. */
export function WingSection({ section, actions }: { section: WingSectionView; actions: HomeActions }) {
  const headingId = `wing-${section.wingId}`;
  const live = section.cards.filter((card) => !card.ended).length;
  return (
    <section class="wing-section" aria-labelledby={headingId} aria-busy={section.content === "loading"}>
      <header class="wing-head">
        <StateDot tone={section.tone} />
        <h2 id={headingId}>
          <Link to={{ kind: "wing", wingId: section.wingId }} onGo={actions.onGo} class="wing-link">
            {section.label}
          </Link>
        </h2>
        {section.tags.map((tag) => (
          <span class="tag" key={tag}>
            {tag}
          </span>
        ))}
        <span class="wing-word">
          {section.word}
          {live === 0 ? null : ` · ${live} ${live === 1 ? "session" : "sessions"}`}
        </span>
        {section.canStart && section.cards.length >= FULL_ROW ? (
          <Button kind="quiet" icon="plus" onPress={() => actions.onNewSession(section.wingId)}>
            New session on {section.label}
          </Button>
        ) : null}
      </header>
      <WingContent section={section} actions={actions} />
    </section>
  );
}

function WingContent({ section, actions }: { section: WingSectionView; actions: HomeActions }) {
  switch (section.content) {
    case "loading":
      return (
        <ul class="card-grid">
          <SessionCardSkeleton />
        </ul>
      );
    case "away":
      return (
        <p class="wing-away">
          <Icon name="sleep" />
          <span>
            This wing is not connected. It comes back here by itself once its machine is awake and <code>wt</code> runs.
          </span>
        </p>
      );
    case "key-changed":
      return (
        <Notice
          tone="bad"
          icon="warning"
          title="This wing has another key than before"
          role="alert"
          actions={
            <Link to={{ kind: "wing", wingId: section.wingId }} onGo={actions.onGo} class="button plain">
              Compare the keys
            </Link>
          }
        >
          It was set up anew, or somebody is in between. Nothing was sent to it.
        </Notice>
      );
    case "refused":
      return (
        <Notice
          tone="bad"
          icon="warning"
          title="This wing does not let you in"
          actions={
            <Button icon="retry" onPress={() => actions.onRetryWing(section.wingId)}>
              Try again
            </Button>
          }
        >
          {section.reason}
        </Notice>
      );
    case "empty":
    case "cards":
      return (
        <ul class="card-grid">
          {section.cards.map((card) => (
            <SessionCard card={card} onGo={actions.onGo} key={card.sessionId} />
          ))}
          {section.canStart && section.cards.length < FULL_ROW ? <NewCard section={section} actions={actions} /> : null}
        </ul>
      );
  }
}

function NewCard({ section, actions }: { section: WingSectionView; actions: HomeActions }) {
  const first = section.content === "empty";
  return (
    <li>
      <button
        type="button"
        class={first ? "new-card first" : "new-card"}
        onClick={() => actions.onNewSession(section.wingId)}
      >
        <Icon name="plus" size={20} />
        <span>{first ? `Start the first session on ${section.label}` : `New session on ${section.label}`}</span>
      </button>
    </li>
  );
}

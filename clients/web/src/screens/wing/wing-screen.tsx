import { Link } from "../../routing/link.tsx";
import { Button } from "../../ui/button.tsx";
import { Copyable } from "../../ui/copyable.tsx";
import { FingerprintWords } from "../../ui/fingerprint-words.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Notice } from "../../ui/notice.tsx";
import { StateDot } from "../../ui/state-dot.tsx";
import { SessionCard } from "../home/session-card.tsx";
import { EnforcementList } from "./enforcement-list.tsx";
import { KeyChanged } from "./key-changed.tsx";
import type { WingActions } from "./wing-actions.ts";
import type { WingView } from "./wing-view.ts";
import "./wing-screen.css";

/** One wing: what it is, how to know it, how it fences sessions in. */
export function WingScreen({ view, actions }: { view: WingView; actions: WingActions }) {
  return (
    <main class="wing-page">
      <header class="wing-page-head">
        <Link to={{ kind: "home" }} onGo={actions.onGo} class="session-back" label="Home">
          <Icon name="back" size={18} />
        </Link>
        <Icon name="machine" size={22} />
        <h1>{view.label}</h1>
        <StateDot tone={view.tone} />
        <p class="wing-word">{view.word}</p>
        <Button kind="plain" icon="plus" disabled={!view.canStart} onPress={actions.onNewSession}>
          New session here
        </Button>
      </header>
      {view.changed === undefined || view.pinned === undefined ? null : (
        <KeyChanged wing={view.label} pinned={view.pinned} offered={view.changed.offered} actions={actions} />
      )}
      {view.reason === "" ? null : (
        <Notice
          tone="bad"
          icon="warning"
          title="The last try failed"
          actions={
            <Button icon="retry" onPress={actions.onRetry}>
              Try again
            </Button>
          }
        >
          {view.reason}
        </Notice>
      )}
      <div class="wing-columns">
        {view.changed === undefined ? <Fingerprint view={view} /> : null}
        <section aria-labelledby="wing-facts">
          <h2 id="wing-facts">About</h2>
          <dl class="wing-facts">
            {view.facts.map(({ name, value }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd class="mono">{value}</dd>
              </div>
            ))}
          </dl>
        </section>
        <section aria-labelledby="wing-sandbox">
          <h2 id="wing-sandbox">Sandbox of its running sessions</h2>
          <EnforcementList areas={view.enforcement} />
        </section>
        <WingAgents view={view} />
      </div>
      {view.cards.length === 0 ? null : (
        <section aria-labelledby="wing-sessions">
          <h2 id="wing-sessions">Sessions</h2>
          <ul class="card-grid">
            {view.cards.map((card) => (
              <SessionCard card={card} onGo={actions.onGo} key={card.sessionId} />
            ))}
          </ul>
        </section>
      )}
    </main>
  );
}

function Fingerprint({ view }: { view: WingView }) {
  return (
    <section aria-labelledby="wing-fingerprint">
      <h2 id="wing-fingerprint">Fingerprint</h2>
      <FingerprintWords words={view.pinned?.words ?? []} label={`Fingerprint of ${view.label}`} />
      {view.pinned === undefined ? null : <p class="faint">Pinned in this browser since {view.pinned.since}.</p>}
      <p class="faint">To make sure, run this on the machine and compare the words:</p>
      <Copyable text="wt wing fingerprint" label="Copy the command" />
      {view.person === "" ? null : <p class="faint">The wing takes you for {view.person}.</p>}
    </section>
  );
}

function WingAgents({ view }: { view: WingView }) {
  if (view.agents.length === 0) return null;
  return (
    <section aria-labelledby="wing-agents">
      <h2 id="wing-agents">Agents</h2>
      <ul class="wing-agents">
        {view.agents.map(({ name, title, installed, installHint }) => (
          <li key={name} class={installed ? "" : "absent"}>
            <Icon name={installed ? "check" : "close"} size={14} />
            <span>{title}</span>
            {installed ? null : <code>{installHint}</code>}
          </li>
        ))}
      </ul>
    </section>
  );
}

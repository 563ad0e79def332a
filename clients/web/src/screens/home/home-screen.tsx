import { Button } from "../../ui/button.tsx";
import { Copyable } from "../../ui/copyable.tsx";
import { Notice } from "../../ui/notice.tsx";
import type { HomeActions } from "./home-actions.ts";
import type { HomeView } from "./home-view.ts";
import { NeedRow } from "./need-row.tsx";
import { SessionCardSkeleton } from "./session-card.tsx";
import { WingSection } from "./wing-section.tsx";
import "./home-screen.css";

/** Attention first, then the wings with their sessions. */
export function HomeScreen({ view, actions }: { view: HomeView; actions: HomeActions }) {
  return (
    <main class="home">
      <h1 class="visually-hidden">Your wings and sessions</h1>
      <HomeContent view={view} actions={actions} />
    </main>
  );
}

function HomeContent({ view, actions }: { view: HomeView; actions: HomeActions }) {
  switch (view.kind) {
    case "loading":
      return <HomeLoading />;
    case "unreachable":
      return (
        <Notice
          tone="wait"
          icon="warning"
          title="The roost does not answer"
          role="alert"
          actions={
            <Button icon="retry" onPress={actions.onRetry}>
              Try now
            </Button>
          }
        >
          This page tries again by itself. On the machine that runs it, <code>wt roost status</code> tells more.
          <p class="home-reason">{view.reason}</p>
        </Notice>
      );
    case "signed-out":
      return (
        <Notice
          tone="bad"
          icon="key"
          title="The roost does not let you in"
          role="alert"
          actions={
            <Button icon="retry" onPress={actions.onRetry}>
              Try again
            </Button>
          }
        >
          {view.reason}
        </Notice>
      );
    case "no-wings":
      return <NoWings />;
    case "wings":
      return (
        <>
          {view.needs.length === 0 ? null : (
            <section class="needs" aria-labelledby="needs-you">
              <h2 id="needs-you">
                Needs you <span class="needs-count">{view.needs.length}</span>
              </h2>
              <ul>
                {view.needs.map((card) => (
                  <NeedRow card={card} onGo={actions.onGo} key={card.sessionId} />
                ))}
              </ul>
            </section>
          )}
          {view.sections.map((section) => (
            <WingSection section={section} actions={actions} key={section.wingId} />
          ))}
        </>
      );
  }
}

function HomeLoading() {
  return (
    <section class="wing-section" aria-busy="true" aria-label="Loading your wings">
      <div class="wing-head">
        <span class="bone wing-name" />
      </div>
      <ul class="card-grid">
        <SessionCardSkeleton />
        <SessionCardSkeleton />
        <SessionCardSkeleton />
      </ul>
    </section>
  );
}

function NoWings() {
  return (
    <section class="no-wings">
      <h2>No wing yet</h2>
      <p>A wing is a machine of yours that runs agents. On that machine, run:</p>
      <Copyable text="wt start" label="Copy the command" />
      <p class="no-wings-more">It appears here within seconds. Nothing has to be opened in its firewall.</p>
    </section>
  );
}

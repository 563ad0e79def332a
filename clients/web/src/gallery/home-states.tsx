import { ConnectionStrip } from "../screens/frame/connection-strip.tsx";
import { TopBar } from "../screens/frame/top-bar.tsx";
import { HomeScreen } from "../screens/home/home-screen.tsx";
import { type HomeView, homeView } from "../screens/home/home-view.ts";
import type { WingFacts } from "../screens/wing-facts.ts";
import { Toasts } from "../ui/toasts.tsx";
import type { GalleryState } from "./gallery-state.ts";
import { NOW, SESSIONS, wing } from "./sample-sessions.ts";

const nothing = () => {};

function Page({ view, strip }: { view: HomeView; strip?: string }) {
  const bar = { person: "Edda Brix", canStart: view.kind === "wings", paletteChord: "Ctrl K" };
  return (
    <div class="page">
      <TopBar view={bar} actions={{ onGo: nothing, onNewSession: nothing, onPalette: nothing }} />
      <div class="page-body">
        <ConnectionStrip text={strip} onRetry={nothing} />
        <HomeScreen
          view={view}
          actions={{ onGo: nothing, onNewSession: nothing, onRetry: nothing, onRetryWing: nothing }}
        />
      </div>
    </div>
  );
}

const wings = (...facts: WingFacts[]) => homeView("ready", "", facts, NOW);
const busy = () =>
  wings(
    wing("a", "studio", { list: { kind: "listed", sessions: [SESSIONS.refactor, SESSIONS.relay, SESSIONS.chapter] } }),
    wing("b", "build-box", {
      list: { kind: "listed", sessions: [SESSIONS.starting, SESSIONS.shop, SESSIONS.done, SESSIONS.killed] },
    }),
    wing("c", "laptop", {
      state: { kind: "offline" },
      info: undefined,
      list: { kind: "unknown" },
      seenAt: NOW - 7_200_000,
    }),
  );
const troubled = () =>
  wings(
    wing("a", "studio", {
      state: { kind: "key-changed", pinned: new Uint8Array(32), offered: new Uint8Array(32) },
      list: { kind: "unknown" },
    }),
    wing("b", "build-box", {
      state: {
        kind: "refused",
        reason: "This wing admits only its owner. Ask them to run: wt wing allow --email edda@example.com",
      },
      list: { kind: "unknown" },
    }),
    wing("c", "laptop", {
      state: { kind: "offline" },
      list: { kind: "listed", sessions: [SESSIONS.relay, SESSIONS.done] },
    }),
    wing("d", "attic", { state: { kind: "securing", attempt: 1 }, list: { kind: "unknown" } }),
  );

/** The home screen. */
export const homeStates: readonly GalleryState[] = [
  { name: "home-busy", draw: () => <Page view={busy()} /> },
  { name: "home-reconnecting", draw: () => <Page view={busy()} strip="Connection lost. Connecting again…" /> },
  { name: "home-troubled", draw: () => <Page view={troubled()} /> },
  { name: "home-empty", draw: () => <Page view={wings(wing("a", "studio", {}))} /> },
  { name: "home-no-wings", draw: () => <Page view={wings()} /> },
  { name: "home-loading", draw: () => <Page view={{ kind: "loading" }} /> },
  {
    name: "home-unreachable",
    draw: () => <Page view={{ kind: "unreachable", reason: "[unavailable] Failed to fetch" }} />,
  },
  {
    name: "home-signed-out",
    draw: () => (
      <Page view={{ kind: "signed-out", reason: "Connections of another user of this machine are refused." }} />
    ),
  },
  {
    name: "home-toasts",
    draw: () => (
      <>
        <Page view={busy()} />
        <Toasts
          toasts={[
            { id: 1, text: "Copied 3 lines", tone: "plain" },
            { id: 2, text: "The folder ~/src/gone does not exist any more", tone: "error" },
          ]}
          onDismiss={nothing}
        />
      </>
    ),
  },
];

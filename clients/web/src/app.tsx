import { useComputed } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Client } from "./client.ts";
import { ClientContext, useClient } from "./client-context.ts";
import { TopBar } from "./screens/frame/top-bar.tsx";
import { isPaletteChord, paletteChord } from "./screens/palette/palette-chord.ts";
import { lazy } from "./ui/lazy.tsx";
import { Toasts } from "./ui/toasts.tsx";

const HomePage = lazy(async () => (await import("./screens/home/home-page.tsx")).HomePage);
const SessionPage = lazy(async () => (await import("./screens/session/session-page.tsx")).SessionPage);
const WingPage = lazy(async () => (await import("./screens/wing/wing-page.tsx")).WingPage);
const NotFoundPage = lazy(async () => (await import("./screens/not-found-page.tsx")).NotFoundPage);
const PalettePage = lazy(async () => (await import("./screens/palette/palette-page.tsx")).PalettePage);
const NewSessionPage = lazy(async () => (await import("./screens/new-session/new-session-page.tsx")).NewSessionPage);

/** The page of a client. */
export function App({ client }: { client: Client }) {
  return (
    <ClientContext.Provider value={client}>
      <Page />
    </ClientContext.Provider>
  );
}

/** A route, what lies over it, and messages. */
function Page() {
  const { router, overlay, toasts } = useClient();
  const route = router.route.value;
  useEffect(() => {
    const openPalette = (event: KeyboardEvent) => {
      if (!isPaletteChord(event)) return;
      event.preventDefault();
      event.stopPropagation();
      overlay.value = overlay.value.kind === "palette" ? { kind: "none" } : { kind: "palette" };
    };
    // Before the terminal, which would send it to the program.
    window.addEventListener("keydown", openPalette, { capture: true });
    return () => window.removeEventListener("keydown", openPalette, { capture: true });
  }, [overlay]);
  return (
    <>
      {route.kind === "session" ? (
        <SessionPage sessionId={route.sessionId} key={route.sessionId} />
      ) : (
        <div class="page">
          <Bar />
          <div class="page-body">
            {route.kind === "home" ? <HomePage /> : null}
            {route.kind === "wing" ? <WingPage wingId={route.wingId} key={route.wingId} /> : null}
            {route.kind === "unknown" ? <NotFoundPage /> : null}
          </div>
        </div>
      )}
      {overlay.value.kind === "palette" ? <PalettePage /> : null}
      {overlay.value.kind === "new-session" ? <NewSessionPage wingId={overlay.value.wingId} /> : null}
      <Toasts toasts={toasts.toasts.value} onDismiss={(id) => toasts.dismiss(id)} />
    </>
  );
}

function Bar() {
  const { directory, wings, router, overlay } = useClient();
  const person = useComputed(() =>
    directory.state.value.kind === "ready" ? directory.state.value.account.displayName : "",
  );
  const canStart = useComputed(() =>
    wings.wings.value.some(
      ({ connection }) => connection.services.value !== undefined && connection.info.value !== undefined,
    ),
  );
  return (
    <TopBar
      view={{ person: person.value, canStart: canStart.value, paletteChord: paletteChord(navigator.platform) }}
      actions={{
        onGo: (route) => router.go(route),
        onNewSession: () => {
          overlay.value = { kind: "new-session", wingId: undefined };
        },
        onPalette: () => {
          overlay.value = { kind: "palette" };
        },
      }}
    />
  );
}

import { useComputed } from "@preact/signals";
import { useClient } from "../../client-context.ts";
import { ConnectionStrip } from "../frame/connection-strip.tsx";
import { useTitle } from "../use-title.ts";
import { wingFacts } from "../wing-facts.ts";
import { HomeScreen } from "./home-screen.tsx";
import { homeView } from "./home-view.ts";

/** The home page, in step with the roost and the wings. */
export function HomePage() {
  const { directory, relay, wings, now, router, overlay } = useClient();
  const view = useComputed(() => {
    const told = directory.state.value;
    const facts = wings.wings.value.map((wing) => wingFacts(wing, relay.presenceKnown.value));
    return homeView(told.kind, "reason" in told ? told.reason : "", facts, now.value);
  });
  const strip = useComputed(() => {
    const lost =
      relay.state.value.kind === "offline" ||
      (relay.state.value.kind === "connecting" && relay.state.value.attempt > 1);
    return lost && directory.state.value.kind === "ready"
      ? "The connection to the roost is lost. Connecting again."
      : undefined;
  });
  const waiting = view.value.kind === "wings" ? view.value.needs.length : 0;
  useTitle(waiting === 0 ? "" : `(${waiting}) waiting`);
  return (
    <>
      <ConnectionStrip text={strip.value} onRetry={() => relay.retryNow()} />
      <HomeScreen
        view={view.value}
        actions={{
          onGo: (route) => router.go(route),
          onNewSession: (wingId) => {
            overlay.value = { kind: "new-session", wingId };
          },
          onRetry: () => directory.refresh(),
          onRetryWing: (wingId) => wings.find(wingId)?.connection.retry(),
        }}
      />
    </>
  );
}

import { useComputed } from "@preact/signals";
import type { WingId } from "@wingthing/contracts/ids";
import { useClient } from "../../client-context.ts";
import { momentWords, useKeyWords } from "../../wing/use-key-words.ts";
import type { KnownWing } from "../../wing/wing-directory.ts";
import { NotFoundScreen } from "../not-found-screen.tsx";
import { useTitle } from "../use-title.ts";
import { wingFacts } from "../wing-facts.ts";
import { WingScreen } from "./wing-screen.tsx";
import { wingView } from "./wing-view.ts";

/** The page of one wing, in step with it. */
export function WingPage({ wingId }: { wingId: WingId }) {
  const { directory, wings, router } = useClient();
  const wing = wings.find(wingId);
  if (wing !== undefined) return <KnownWingPage wing={wing} />;
  if (directory.state.value.kind === "loading" || directory.state.value.kind === "unreachable") return null;
  return <NotFoundScreen title="There is no such wing" onGo={(route) => router.go(route)} />;
}

function KnownWingPage({ wing }: { wing: KnownWing }) {
  const { relay, now, router, overlay, toasts } = useClient();
  const { connection } = wing;
  const facts = useComputed(() => wingFacts(wing, relay.presenceKnown.value));
  const state = connection.state.value;
  const pin = connection.pin.value;
  const offered = state.kind === "key-changed" ? state.offered : undefined;
  const pinnedWords = useKeyWords(pin?.publicKey);
  const offeredWords = useKeyWords(offered);
  const keys = {
    pinned: pin === undefined ? undefined : { words: pinnedWords, since: momentWords(pin.pinnedSince) },
    offered: offered === undefined ? undefined : { words: offeredWords, since: "" },
  };
  useTitle(facts.value.label);
  const trust = async () => {
    if (offered === undefined) return;
    try {
      await connection.trustKey(offered);
    } catch {
      toasts.show("This browser could not keep the new key. Nothing was changed.", "error");
    }
  };
  return (
    <WingScreen
      view={wingView(facts.value, keys, now.value)}
      actions={{
        onGo: (route) => router.go(route),
        onNewSession: () => {
          overlay.value = { kind: "new-session", wingId: wing.machine.wingId };
        },
        onRetry: () => connection.retry(),
        onTrust: trust,
      }}
    />
  );
}

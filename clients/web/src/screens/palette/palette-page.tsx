import { useComputed } from "@preact/signals";
import { useState } from "preact/hooks";
import type { Client } from "../../client.ts";
import { useClient } from "../../client-context.ts";
import { startableWings } from "../new-session/startable-wings.ts";
import { endSession } from "../session/session-actions.ts";
import { sessionCard } from "../session-card-view.ts";
import { wingFacts } from "../wing-facts.ts";
import { Palette } from "./palette.tsx";
import type { Command } from "./rank-commands.ts";

/** A command and what it does; one that asks first keeps the palette open. */
interface RunnableCommand extends Command {
  readonly run: () => void;
  readonly staysOpen?: boolean;
}

/** The palette, with the sessions and wings of this moment. */
export function PalettePage() {
  const client = useClient();
  const [asksEnd, setAsksEnd] = useState(false);
  const commands = useComputed(() => [...sessionCommands(client), ...actionCommands(client, () => setAsksEnd(true))]);
  const shown = asksEnd ? endCommands(client) : commands.value;
  const close = () => {
    client.overlay.value = { kind: "none" };
  };
  return (
    <Palette
      key={asksEnd ? "end" : "all"}
      commands={shown}
      onClose={close}
      onRun={(id) => {
        const command = shown.find((candidate) => candidate.id === id);
        if (command?.staysOpen !== true) close();
        command?.run();
      }}
    />
  );
}

function sessionCommands({ wings, relay, now, router }: Client): readonly RunnableCommand[] {
  return wings.wings.value
    .map((wing) => wingFacts(wing, relay.presenceKnown.value))
    .flatMap(({ label, info, list }) =>
      (list.kind === "listed" ? list.sessions : []).map((session) => {
        const card = sessionCard(session, { label, info, online: true }, now.value);
        return {
          id: session.id,
          title: card.title,
          hint: [card.agentTitle, card.folder, label, card.word].join(" · "),
          group: "Sessions" as const,
          run: () => router.go({ kind: "session", sessionId: session.id }),
        };
      }),
    );
}

function actionCommands(client: Client, onEnd: () => void): readonly RunnableCommand[] {
  const { wings, overlay, router } = client;
  const action = (id: string, title: string, run: () => void): RunnableCommand => ({
    id,
    title,
    hint: "",
    group: "Actions",
    run,
  });
  const starts = startableWings(wings).map(({ wingId, label }) =>
    action(`new-${wingId}`, `New session on ${label}`, () => {
      overlay.value = { kind: "new-session", wingId };
    }),
  );
  const pages = wings.wings.value.map(({ machine, connection }) =>
    action(`wing-${machine.wingId}`, `Show wing ${connection.info.value?.label ?? machine.wingId}`, () =>
      router.go({ kind: "wing", wingId: machine.wingId }),
    ),
  );
  const home = action("home", "Go home", () => router.go({ kind: "home" }));
  const end =
    currentSession(client) === undefined ? [] : [{ ...action("end", "End this session…", onEnd), staysOpen: true }];
  return [...starts, ...end, home, ...pages];
}

function endCommands(client: Client): readonly RunnableCommand[] {
  const current = currentSession(client);
  if (current === undefined) return [];
  const group = "Actions" as const;
  return [
    {
      id: "end-now",
      title: "End this session now",
      hint: "What it has not saved is lost",
      group,
      run: () => void endSession(client, current.wingId, current.sessionId),
    },
    { id: "keep", title: "Let it run", hint: "", group, run: () => {} },
  ];
}

/** The session of this page, while it runs on a wing that is known. */
function currentSession({ router, wings }: Client) {
  const route = router.route.value;
  if (route.kind !== "session") return undefined;
  const { sessionId } = route;
  for (const { machine, connection } of wings.wings.value) {
    const list = connection.sessions.value;
    const session = list.kind === "listed" ? list.sessions.find(({ id }) => id === sessionId) : undefined;
    if (session !== undefined && session.life.kind !== "ended") return { wingId: machine.wingId, sessionId };
  }
  return undefined;
}

import { useComputed } from "@preact/signals";
import type { WingId } from "@wingthing/contracts/ids";
import { useEffect, useState } from "preact/hooks";
import type { Client } from "../../client.ts";
import { useClient } from "../../client-context.ts";
import { LAST_CHOICE } from "../../session/last-choice.ts";
import { likelyGrid } from "../../terminal/likely-grid.ts";
import { NewSessionDialog } from "./new-session-dialog.tsx";
import { NewSessionForm } from "./new-session-form.ts";
import { startableWings } from "./startable-wings.ts";

/** The dialog for a new session, in step with the wings; goes to the session that it started. */
export function NewSessionPage({ wingId }: { wingId: WingId | undefined }) {
  const client = useClient();
  const [form, setForm] = useState<NewSessionForm | undefined>(undefined);
  useEffect(() => {
    let wanted = true;
    openForm(client, wingId).then((opened) => {
      if (wanted) setForm(opened);
    });
    return () => {
      wanted = false;
    };
  }, [client, wingId]);
  return form === undefined ? null : <OpenForm form={form} />;
}

async function openForm({ wings, choices }: Client, wingId: WingId | undefined): Promise<NewSessionForm> {
  // The last choice only saves a press.
  const last = await choices.get(LAST_CHOICE).catch(() => undefined);
  const form = new NewSessionForm(() => startableWings(wings), last);
  form.begin(wingId);
  return form;
}

function OpenForm({ form }: { form: NewSessionForm }) {
  const { wings, overlay, memory, choices, router, look } = useClient();
  const startable = useComputed(() => startableWings(wings));
  const state = form.state.value;
  const close = () => {
    overlay.value = { kind: "none" };
  };
  const start = async () => {
    const started = await form.start(likelyGrid(window.innerWidth, window.innerHeight, look.value.fontPx));
    if (started === undefined) return;
    const { agent } = form.state.value;
    // Both only save time later.
    memory.remember(started.sessionId, started.wingId).catch(() => {});
    choices.put(LAST_CHOICE, { agent, wingId: started.wingId }).catch(() => {});
    close();
    router.go({ kind: "session", sessionId: started.sessionId });
  };
  return (
    <NewSessionDialog
      view={{
        state,
        wings: startable.value,
        agents: startable.value.find((wing) => wing.wingId === state.wingId)?.info.agents ?? [],
      }}
      actions={{
        onWing: (wingId) => void form.chooseWing(wingId),
        onFolder: (text) => void form.typeFolder(text),
        onSuggestion: (suggestion, open) => void form.takeSuggestion(suggestion, open),
        onAgent: (agent) => form.chooseAgent(agent),
        onStart: () => void start(),
        onClose: close,
      }}
    />
  );
}

import type { SessionId } from "@wingthing/contracts/ids";
import { useEffect, useMemo, useState } from "preact/hooks";
import { useClient } from "../../client-context.ts";
import { followViewport } from "../../terminal/follow-viewport.ts";
import { KeyBar } from "../../terminal/key-bar.tsx";
import { TerminalHost } from "../../terminal/terminal-host.tsx";
import { momentWords, useKeyWords } from "../../wing/use-key-words.ts";
import { useTitle } from "../use-title.ts";
import { ChannelPanel } from "./channel-panel.tsx";
import { forgetSession, startAgain } from "./session-actions.ts";
import { SessionScreen } from "./session-screen.tsx";
import { SessionStage } from "./session-stage.ts";
import { TerminalQuestionDialog } from "./terminal-question.tsx";

/** Words of a fingerprint that stand beside the lock: enough to notice another wing, all of them are in the panel. */
const GLYPH_WORDS = 3;

/** The page of one session. */
export function SessionPage({ sessionId }: { sessionId: SessionId }) {
  const client = useClient();
  const stage = useMemo(() => new SessionStage(client, sessionId), [client, sessionId]);
  useEffect(() => stage.start(), [stage]);
  useEffect(() => followViewport(window), []);
  const view = stage.view.value;
  useTitle(view.attention === "" ? view.title : `● ${view.title} ${view.attention}`);
  const question = stage.desk.open.value;
  return (
    <>
      <Stage stage={stage} />
      {question === undefined ? null : (
        <TerminalQuestionDialog
          question={question}
          onYes={() => stage.desk.answer(true)}
          onNo={() => stage.desk.answer(false)}
        />
      )}
    </>
  );
}

function Stage({ stage }: { stage: SessionStage }) {
  const client = useClient();
  const [panelOpen, setPanelOpen] = useState(false);
  const view = stage.view.value;
  const connection = stage.wing.value?.connection;
  const words = useKeyWords(connection?.pin.value?.publicKey);
  const secure = connection?.state.value.kind === "online";
  const { wingId } = view;
  const closePanel = () => {
    setPanelOpen(false);
    // After the dialog gave the focus back to its button: who looked at the panel wants to type on.
    requestAnimationFrame(() => stage.surface.peek()?.focus());
  };
  const session = stage.place.value.kind === "on-wing" ? stage.place.value.session : undefined;
  const again = () => {
    const grid = stage.ownGrid.peek();
    if (wingId !== undefined && session !== undefined && grid !== undefined)
      startAgain(client, wingId, { session, grid });
  };
  return (
    <>
      <SessionScreen
        view={view}
        channel={{
          secure,
          words: words.slice(0, GLYPH_WORDS).join("-"),
          roundTripMs: connection?.roundTripMs.value,
          panelOpen,
        }}
        atBottom={stage.atBottom.value}
        actions={{
          onGo: (route) => client.router.go(route),
          onPanel: () => setPanelOpen(!panelOpen),
          onEnd: () => void stage.end(),
          onForget: () => wingId !== undefined && void forgetSession(client, wingId, view.sessionId),
          onStartAgain: again,
          onTakeSize: () => stage.takeSize(),
          onBottom: () => stage.surface.peek()?.scrollToBottom(),
          onRetry: () => {
            client.relay.retryNow();
            connection?.retry();
          },
        }}
        terminal={<Terminal stage={stage} />}
        keys={<Keys stage={stage} />}
      />
      {panelOpen ? <Panel stage={stage} words={words} onClose={closePanel} /> : null}
    </>
  );
}

function Terminal({ stage }: { stage: SessionStage }) {
  const { look } = useClient();
  const attached = stage.attached.value;
  const surface = stage.surface.value;
  const shown = stage.view.value.body.kind === "terminal";
  useEffect(() => {
    // On a phone this would open the keyboard over the screen; there a tap asks for it.
    const mayFocus = document.activeElement === document.body && window.matchMedia("(pointer: fine)").matches;
    if (shown && mayFocus) surface?.focus();
  }, [shown, surface]);
  return (
    <TerminalHost
      look={look.value}
      events={stage.events}
      state={attached?.state.value.kind ?? "closed"}
      seq={attached?.drawnSeq.value ?? 0n}
      grid={attached?.grid.value}
      onOpen={(surface) => stage.openTerminal(surface)}
      onFit={(grid) => stage.fit(grid)}
    />
  );
}

function Keys({ stage }: { stage: SessionStage }) {
  const { toasts } = useClient();
  const paste = async () => {
    try {
      stage.surface.peek()?.offerPaste(await navigator.clipboard.readText());
    } catch {
      toasts.show("This browser did not allow pasting. Hold a finger on the box below and choose Paste.", "error");
    }
  };
  return (
    <KeyBar
      ctrlHeld={stage.ctrlHeld.value}
      onCtrl={() => stage.toggleCtrl()}
      onKey={(sends) => stage.surface.peek()?.press(sends)}
      onPaste={paste}
      onLine={(text) => stage.surface.peek()?.sendLine(text)}
    />
  );
}

interface PanelProps {
  readonly stage: SessionStage;
  readonly words: readonly string[];
  readonly onClose: () => void;
}

function Panel({ stage, words, onClose }: PanelProps) {
  const connection = stage.wing.value?.connection;
  const state = connection?.state.value;
  const pin = connection?.pin.value;
  const session = stage.place.value.kind === "on-wing" ? stage.place.value.session : undefined;
  return (
    <ChannelPanel
      view={{
        wing: connection?.info.value?.label ?? pin?.label ?? "the wing",
        secure: state?.kind === "online",
        words,
        pinnedSince: pin === undefined ? "" : momentWords(pin.pinnedSince),
        person: state?.kind === "online" ? state.person.displayName : "",
        role: state?.kind === "online" ? state.person.role : "",
        enforcement: session?.enforcement ?? [],
      }}
      onClose={onClose}
    />
  );
}

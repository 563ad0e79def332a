import { newSessionId, parseSessionId } from "@wingthing/contracts/ids";
import { afterEach, describe, expect, it, vi } from "vitest";
import { FakeTerminal } from "../../testing/fake-terminal.ts";
import { inMemoryClient } from "../../testing/in-memory-client.ts";
import { InMemoryWing } from "../../testing/in-memory-wing.ts";
import { SessionStage } from "./session-stage.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

const leaving: AbortController[] = [];
afterEach(() => {
  for (const controller of leaving.splice(0)) controller.abort();
});

/** A page's surface over a terminal that keeps what it is given. */
class FakeSurface extends FakeTerminal {
  ownGrid = { columns: 80, rows: 24 };
  readonly pasted: string[] = [];
  paste(pasted: string): void {
    this.pasted.push(pasted);
  }
  offerPaste(): void {}
  sendLine(): void {}
  press(): void {}
  focus(): void {}
  scrollToBottom(): void {}
}

async function staged(sessionId?: string) {
  const wing = new InMemoryWing();
  const leave = new AbortController();
  leaving.push(leave);
  const client = await inMemoryClient(wing, leave.signal);
  const stage = new SessionStage(client, parseSessionId(sessionId ?? wing.egg.sessionId));
  const stop = stage.start();
  leave.signal.addEventListener("abort", stop);
  const surface = new FakeSurface();
  const isBody = (kind: string) => vi.waitFor(() => expect(stage.view.value.body.kind).toBe(kind));
  const isLive = () => vi.waitFor(() => expect(stage.attached.value?.state.value.kind).toBe("live"));
  return { wing, egg: wing.egg, client, stage, surface, isBody, isLive };
}

describe("SessionStage", () => {
  it("finds the session among the wings, attaches once the terminal stands, and remembers the wing", async () => {
    const { wing, egg, client, stage, surface, isLive } = await staged();
    await vi.waitFor(() => expect(stage.place.value.kind).toBe("on-wing"));
    expect(stage.attached.value).toBeUndefined();
    stage.openTerminal(surface);
    await isLive();
    expect(egg.opens).toHaveLength(1);
    expect(client.memory.wingOf(parseSessionId(egg.sessionId))).toBe(wing.wingId);
    expect(stage.view.value).toMatchObject({ body: { kind: "terminal" }, strip: undefined, canEnd: true });
  });

  it("keeps its attach, and what was typed, when the roost tells its machines again", async () => {
    const { wing, egg, client, stage, surface, isLive } = await staged();
    stage.openTerminal(surface);
    await isLive();
    const before = client.wings.wings.value;
    wing.cut();
    stage.events.onData(bytes("typed while away"));
    client.directory.refresh();
    await vi.waitFor(() => expect(client.wings.wings.value).not.toBe(before));
    await vi.waitFor(() => expect(text(egg.input)).toBe("typed while away"));
    expect(new Set(egg.opens.map((open) => open.clientId)).size).toBe(1);
  });

  it("says that it connects again while it does, and takes nothing off the screen", async () => {
    const { wing, egg, stage, surface, isLive } = await staged();
    stage.openTerminal(surface);
    await isLive();
    egg.print("still here");
    await vi.waitFor(() => expect(surface.text).toContain("still here"));
    wing.cut();
    await vi.waitFor(() => expect(stage.view.value.strip).toContain("Connecting again"));
    expect(stage.view.value.body.kind).toBe("terminal");
    expect(surface.text).toContain("still here");
    await isLive();
    expect(stage.view.value.strip).toBeUndefined();
  });

  it("says so when no wing has the session", async () => {
    const { isBody } = await staged(newSessionId((out) => crypto.getRandomValues(out)));
    await isBody("absent");
  });

  it("sends the next key with Ctrl once it is held, and only that one", async () => {
    const { egg, stage, surface, isLive } = await staged();
    stage.openTerminal(surface);
    await isLive();
    stage.toggleCtrl();
    stage.events.onData(bytes("c"));
    stage.events.onData(bytes("c"));
    await vi.waitFor(() => expect(text(egg.input)).toBe("\u0003c"));
    expect(stage.ctrlHeld.value).toBe(false);
  });

  it("pastes what was looked at, and opens no question for what is too long", async () => {
    const { client, stage, surface } = await staged();
    stage.openTerminal(surface);
    stage.events.onPaste({ kind: "ask", text: "a\nb", lines: 2, controls: 0, shown: "a\nb" });
    expect(stage.desk.open.value?.kind).toBe("paste");
    stage.desk.answer(true);
    expect(surface.pasted).toEqual(["a\nb"]);
    stage.events.onPaste({ kind: "too-long", characters: 2_000_000 });
    expect(stage.desk.open.value).toBeUndefined();
    expect(client.toasts.toasts.value).toHaveLength(1);
  });

  it("detaches when the terminal is taken down", async () => {
    const { wing, stage, surface, isLive } = await staged();
    const close = stage.openTerminal(surface);
    await isLive();
    close();
    wing.cut();
    expect(stage.surface.value).toBeUndefined();
  });
});

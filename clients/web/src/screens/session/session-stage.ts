import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import { AttachedSession } from "@wingthing/attached-session/attached-session";
import type { Grid } from "@wingthing/attached-session/grid";
import { InputFullError } from "@wingthing/attached-session/input-ledger";
import type { SessionId, WingId } from "@wingthing/contracts/ids";
import type { Client } from "../../client.ts";
import { locateSession, type SessionPlace } from "../../session/locate-session.ts";
import { QuestionDesk } from "../../terminal/question-desk.ts";
import type { TerminalEvents, TerminalSurface } from "../../terminal/terminal-surface.ts";
import { withCtrl } from "../../terminal/touch-keys.ts";
import type { WingConnection } from "../../wing/wing-connection.ts";
import type { KnownWing } from "../../wing/wing-directory.ts";
import { wingFacts } from "../wing-facts.ts";
import { endSession } from "./session-actions.ts";
import { type SessionView, sessionView } from "./session-view.ts";

/** What of the client it needs. */
type StageClient = Pick<
  Client,
  "directory" | "relay" | "wings" | "memory" | "router" | "toasts" | "clock" | "random" | "now"
>;

/** The terminal as the page uses it. */
type Surface = Pick<
  TerminalSurface,
  "ownGrid" | "write" | "redraw" | "resize" | "paste" | "offerPaste" | "sendLine" | "press" | "focus" | "scrollToBottom"
>;

/** Everything behind the session page: where the session is, the attach to it, and the terminal that it is drawn on. */
export class SessionStage {
  readonly #client: StageClient;
  readonly #sessionId: SessionId;
  readonly #surface = signal<Surface | undefined>(undefined);
  readonly #attached = signal<AttachedSession | undefined>(undefined);
  readonly #ownGrid = signal<Grid | undefined>(undefined);
  readonly #wingId = signal<WingId | undefined>(undefined);
  readonly #atBottom = signal(true);
  readonly #ctrlHeld = signal(false);
  readonly #ending = signal(false);

  /** Questions that the terminal raises. */
  readonly desk: QuestionDesk;
  /** What the terminal tells. */
  readonly events: TerminalEvents;
  /** Where the session is. */
  readonly place: ReadonlySignal<SessionPlace>;
  /** The wing that it is on. */
  readonly wing: ReadonlySignal<KnownWing | undefined>;
  /** The screen as data. */
  readonly view: ReadonlySignal<SessionView>;

  constructor(client: StageClient, sessionId: SessionId) {
    this.#client = client;
    this.#sessionId = sessionId;
    this.place = computed(() => this.#locate());
    this.wing = computed(() => (this.#wingId.value === undefined ? undefined : client.wings.find(this.#wingId.value)));
    this.view = computed(() => this.#view());
    this.desk = new QuestionDesk({
      paste: (text) => this.#surface.peek()?.paste(text),
      openLink: (href) => void window.open(href, "_blank", "noopener,noreferrer"),
      copy: (text) => void this.#copy(text, "The session put text on your clipboard"),
    });
    this.events = {
      onData: (data) => this.#typed(data),
      onPaste: (decision) => this.#asked(decision),
      onLink: (link) => this.desk.ask({ kind: "link", ...link }),
      onClipboardWrite: (text) => this.desk.ask({ kind: "clipboard", text }),
      onCopy: (text) => void this.#copy(text, "Copied"),
      onScroll: (atBottom) => {
        this.#atBottom.value = atBottom;
      },
    };
  }

  /** The attach, once there is one. */
  get attached(): ReadonlySignal<AttachedSession | undefined> {
    return this.#attached;
  }

  /** The grid that fits this window. */
  get ownGrid(): ReadonlySignal<Grid | undefined> {
    return this.#ownGrid;
  }

  /** Whether the newest line is in view. */
  get atBottom(): ReadonlySignal<boolean> {
    return this.#atBottom;
  }

  /** Whether the next key is sent with Ctrl. */
  get ctrlHeld(): ReadonlySignal<boolean> {
    return this.#ctrlHeld;
  }

  /** The terminal, while it is open. */
  get surface(): ReadonlySignal<Surface | undefined> {
    return this.#surface;
  }

  /** Attaches as soon as the terminal stands and the wing is known; the result detaches. */
  start(): () => void {
    const stopFinding = effect(() => {
      const place = this.place.value;
      if (place.kind !== "on-wing") return;
      this.#wingId.value = place.wingId;
      // It only saves time later.
      if (place.session !== undefined) this.#client.memory.remember(this.#sessionId, place.wingId).catch(() => {});
    });
    // The connection outlives what the roost tells of its machine; only another one means another attach.
    const connection = computed(() => this.wing.value?.connection);
    const stopAttaching = effect(() => {
      const surface = this.#surface.value;
      const wing = connection.value;
      return surface === undefined || wing === undefined ? undefined : untracked(() => this.#attach(surface, wing));
    });
    return () => {
      stopAttaching();
      stopFinding();
    };
  }

  /** The terminal is open; the result is called before it is taken down. */
  openTerminal(surface: Surface): () => void {
    this.#ownGrid.value = surface.ownGrid;
    this.#surface.value = surface;
    return () => {
      this.#surface.value = undefined;
    };
  }

  /** The window has room for another grid. */
  fit(grid: Grid): void {
    this.#ownGrid.value = grid;
    const attached = this.#attached.peek();
    const shown = attached?.grid.peek();
    // Nobody will change the grid of a session that is over, or that another viewer sizes: the type has to fit.
    const follows = attached?.state.peek().kind === "live" && !this.view.peek().foreignGrid;
    if (shown !== undefined && !follows) this.#surface.peek()?.resize(shown);
    attached?.resize(grid);
  }

  /** Takes the size of the terminal back from another viewer. */
  takeSize(): void {
    const grid = this.#ownGrid.peek();
    if (grid !== undefined) this.#attached.peek()?.resize(grid, true);
  }

  /** Ends the session; says so until it has ended, which a program that ignores a hangup can delay for seconds. */
  async end(): Promise<void> {
    const wingId = this.#wingId.peek();
    if (wingId === undefined) return;
    this.#ending.value = true;
    await endSession(this.#client, wingId, this.#sessionId);
    this.#ending.value = false;
  }

  /** Holds or lets go of Ctrl for the next key. */
  toggleCtrl(): void {
    this.#ctrlHeld.value = !this.#ctrlHeld.peek();
  }

  #locate(): SessionPlace {
    const { directory, relay, wings, memory } = this.#client;
    if (directory.state.value.kind !== "ready") return { kind: "searching" };
    const knowledge = wings.wings.value.map((wing) => {
      const { wingId, state, list } = wingFacts(wing, relay.presenceKnown.value);
      return { wingId, state: state.kind, list };
    });
    return locateSession(this.#sessionId, knowledge, memory.wingOf(this.#sessionId));
  }

  #view(): SessionView {
    const { relay, wings, now } = this.#client;
    const facts = (wing: KnownWing) => wingFacts(wing, relay.presenceKnown.value);
    const place = this.place.value;
    const wing = this.wing.value;
    const maybe = place.kind === "maybe-offline" ? place.wingIds.map((wingId) => wings.find(wingId)) : [];
    const attached = this.#attached.value;
    return sessionView({
      sessionId: this.#sessionId,
      place,
      wing: wing === undefined ? undefined : facts(wing),
      maybeOn: maybe.flatMap((known) => (known === undefined ? [] : [facts(known).label])),
      attach: attached?.state.value,
      drawn: attached?.everLive.value ?? false,
      viewers: attached?.viewers.value ?? 0,
      grid: attached?.grid.value,
      ownGrid: this.#ownGrid.value,
      ending: this.#ending.value,
      now: now.value,
    });
  }

  #attach(surface: Surface, connection: WingConnection): () => void {
    const stop = new AbortController();
    const { clock, random } = this.#client;
    const attached = new AttachedSession({
      sessionId: this.#sessionId,
      service: computed(() => connection.services.value?.sessions),
      sink: surface,
      grid: surface.ownGrid,
      clock,
      random,
    });
    this.#attached.value = attached;
    attached.run(stop.signal);
    return () => stop.abort();
  }

  #typed(data: Uint8Array): void {
    try {
      this.#attached.peek()?.type(this.#ctrlHeld.peek() ? this.#withCtrl(data) : data);
    } catch (error) {
      if (!(error instanceof InputFullError)) throw error;
      this.#client.toasts.show("The session does not read its input at the moment. Nothing more was sent.", "error");
    }
  }

  #withCtrl(data: Uint8Array): Uint8Array {
    this.#ctrlHeld.value = false;
    return new TextEncoder().encode(withCtrl(new TextDecoder().decode(data)));
  }

  #asked(decision: Parameters<TerminalEvents["onPaste"]>[0]): void {
    if (decision.kind === "ask") this.desk.ask({ ...decision, kind: "paste" });
    else
      this.#client.toasts.show(
        "That is too much text to paste at once. Save it as a file on the wing instead.",
        "error",
      );
  }

  async #copy(text: string, message: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.#client.toasts.show(message);
    } catch {
      this.#client.toasts.show("This browser did not allow copying.", "error");
    }
  }
}

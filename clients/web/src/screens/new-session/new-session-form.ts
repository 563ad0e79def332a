import { type ReadonlySignal, signal } from "@preact/signals";
import type { Grid } from "@wingthing/attached-session/grid";
import { parseSessionId, type SessionId, type WingId } from "@wingthing/contracts/ids";
import type { LastChoice } from "../../session/last-choice.ts";
import type { AgentChoice, WingInfo } from "../../wing/wing-info.ts";
import type { WingServices } from "../../wing/wing-state.ts";
import { type FolderSuggestion, isPath, matchProjects, suggestionOf } from "./folder-suggestions.ts";
import { type StartFailure, startFailure } from "./start-failure.ts";

/** A wing that can start a session now. */
export interface StartableWing {
  readonly wingId: WingId;
  readonly label: string;
  readonly info: WingInfo;
  readonly services: Pick<WingServices, "sessions" | "workspace">;
}

/** What was started where. */
export interface StartedSession {
  readonly sessionId: SessionId;
  readonly wingId: WingId;
}

/** Everything that the dialog shows. */
export interface FormState {
  readonly wingId: WingId | undefined;
  readonly folder: string;
  readonly suggestions: readonly FolderSuggestion[];
  readonly agent: string;
  readonly busy: boolean;
  readonly failure: StartFailure | undefined;
}

/** Where looking for a folder starts on a wing without projects; home itself is too wide for a sandbox. */
const HOME_FOLDERS = "~/";

/** The choices for a new session: folder first, agent second, one Enter. */
export class NewSessionForm {
  readonly #wings: () => readonly StartableWing[];
  readonly #last: LastChoice | undefined;
  readonly #state = signal<FormState>({
    wingId: undefined,
    folder: "",
    suggestions: [],
    agent: "",
    busy: false,
    failure: undefined,
  });
  #projects: readonly FolderSuggestion[] = [];
  #asking = new AbortController();

  constructor(wings: () => readonly StartableWing[], last: LastChoice | undefined) {
    this.#wings = wings;
    this.#last = last;
  }

  /** What the dialog shows. */
  get state(): ReadonlySignal<FormState> {
    return this.#state;
  }

  /** Begins on the given wing, else on the one of last time, else on the first. */
  async begin(wanted: WingId | undefined): Promise<void> {
    const wings = this.#wings();
    const byId = (wingId: string | undefined) => wings.find((wing) => wing.wingId === wingId);
    const wing = byId(wanted) ?? byId(this.#last?.wingId) ?? wings[0];
    if (wing !== undefined) await this.chooseWing(wing.wingId);
  }

  /** Changes the wing: its projects, its agents. */
  async chooseWing(wingId: WingId): Promise<void> {
    const wing = this.#wings().find((candidate) => candidate.wingId === wingId);
    if (wing === undefined) return;
    this.#set({ wingId, agent: this.#firstAgent(wing.info.agents), failure: undefined, suggestions: [] });
    const asked = this.#ask();
    const projects = await this.#listProjects(wing);
    if (this.#state.peek().wingId !== wingId) return;
    this.#projects = projects;
    // What the person typed meanwhile is not overwritten.
    if (asked.signal.aborted) return;
    const [first] = projects;
    if (first === undefined) return this.typeFolder(HOME_FOLDERS);
    this.#set({ folder: first.path, suggestions: projects });
  }

  /** The person typed in the folder field. */
  async typeFolder(folder: string): Promise<void> {
    this.#set({ folder, failure: undefined });
    const wing = this.#wing();
    const asked = this.#ask();
    if (wing === undefined) return;
    if (!isPath(folder)) return this.#set({ suggestions: matchProjects(this.#projects, folder) });
    try {
      const { folders } = await wing.services.workspace.completePath({ prefix: folder }, { signal: asked.signal });
      if (asked.signal.aborted) return;
      this.#set({ suggestions: folders.map((found) => suggestionOf(found, wing.info.home)) });
    } catch {
      if (!asked.signal.aborted) this.#set({ suggestions: [] });
    }
  }

  /** Takes a suggestion; with `open` its own folders are suggested next. */
  async takeSuggestion({ path }: FolderSuggestion, open: boolean): Promise<void> {
    if (open) return this.typeFolder(path.endsWith("/") ? path : `${path}/`);
    this.#ask();
    this.#set({ folder: path, failure: undefined });
  }

  /** Chooses the agent. */
  chooseAgent(agent: string): void {
    this.#set({ agent, failure: undefined });
  }

  /** Starts; undefined, and a failure to show, when it did not work. */
  async start(grid: Grid): Promise<StartedSession | undefined> {
    const wing = this.#wing();
    const { folder, agent, busy } = this.#state.peek();
    if (wing === undefined || busy || agent === "" || folder.trim() === "") return undefined;
    this.#set({ busy: true, failure: undefined });
    try {
      const cwd = folder.trim();
      const { session } = await wing.services.sessions.start({ agent, cwd, size: grid });
      this.#set({ busy: false });
      return { sessionId: parseSessionId(session?.sessionId ?? ""), wingId: wing.wingId };
    } catch (error) {
      this.#set({ busy: false, failure: startFailure(error) });
      return undefined;
    }
  }

  async #listProjects({ services, info }: StartableWing): Promise<readonly FolderSuggestion[]> {
    try {
      const { projects } = await services.workspace.listProjects({});
      return projects.map((project) => suggestionOf(project, info.home));
    } catch {
      // Without suggestions a path can still be typed.
      return [];
    }
  }

  #wing(): StartableWing | undefined {
    const { wingId } = this.#state.peek();
    return this.#wings().find((wing) => wing.wingId === wingId);
  }

  #firstAgent(agents: readonly AgentChoice[]): string {
    const installed = agents.filter((agent) => agent.installed);
    const last = installed.find(({ name }) => name === this.#last?.agent);
    return (last ?? installed[0])?.name ?? "";
  }

  /** An answer that comes after the next question was asked is not wanted. */
  #ask(): AbortController {
    this.#asking.abort();
    this.#asking = new AbortController();
    return this.#asking;
  }

  #set(change: Partial<FormState>): void {
    this.#state.value = { ...this.#state.peek(), ...change };
  }
}

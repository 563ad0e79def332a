/** An account by number. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** What a driver is started with. */
export interface Introduction {
  /** An empty folder that the account owns. */
  readonly base: string;
  /** The account to become; undefined to stay. */
  readonly account?: Account;
}

/** What a session is like, where it is not like every other. */
export interface SessionOptions {
  readonly agent?: string;
  readonly cwd?: string;
  readonly eggYaml?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** One step of a session in a terminal; its parts are done in this order. */
export interface TerminalStep {
  readonly sees?: string;
  readonly resize?: { readonly columns: number; readonly rows: number };
  readonly types?: string;
}

/** What a driver is asked. */
export type DriverRequest =
  | {
      readonly id: number;
      readonly kind: "inside" | "outside";
      readonly script: string;
      readonly options: SessionOptions;
    }
  | {
      readonly id: number;
      readonly kind: "terminal";
      readonly argv: readonly string[];
      readonly steps: readonly TerminalStep[];
      readonly options: SessionOptions;
    }
  | { readonly id: number; readonly kind: "enforcement"; readonly options: SessionOptions };

/** How a program ended and what it said on both of its outputs. */
export interface Finished {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
}

/** What a driver answers. */
export type DriverReply =
  | { readonly id: number; readonly finished: Finished }
  | { readonly id: number; readonly refused: { readonly name: string; readonly message: string } };

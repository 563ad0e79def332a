import { readPlainFile } from "../identity/private-file.ts";
import { DEFAULT_WING_CONFIG, parseWingConfig, type WingConfig } from "./wing-config.ts";

/** The largest wing.yaml that is read: a few hundred lines have 20 KB. */
const MAX_BYTES = 262_144;

/** How wing.yaml stands. */
export type ConfigState =
  | { readonly kind: "good" }
  /** The file cannot be used; what it said before still holds. */
  | { readonly kind: "stale"; readonly problem: string };

/** wing.yaml as it was last good. */
export class WingConfigStore {
  readonly #path: string;
  #current: WingConfig = DEFAULT_WING_CONFIG;
  #state: ConfigState = { kind: "good" };

  private constructor(path: string) {
    this.#path = path;
  }

  /** Reads the file; a missing one says nothing. @throws WingConfigError: a wing does not start on a guess. */
  static async open(path: string): Promise<WingConfigStore> {
    const store = new WingConfigStore(path);
    store.#current = await store.#read();
    return store;
  }

  /** What holds now. */
  get current(): WingConfig {
    return this.#current;
  }

  get state(): ConfigState {
    return this.#state;
  }

  /** Reads the file again; a bad one changes nothing but the state. Never rejects. */
  async reload(): Promise<ConfigState> {
    try {
      this.#current = await this.#read();
      this.#state = { kind: "good" };
    } catch (error) {
      this.#state = { kind: "stale", problem: error instanceof Error ? error.message : String(error) };
    }
    return this.#state;
  }

  async #read(): Promise<WingConfig> {
    const text = await readPlainFile(this.#path, { maxBytes: MAX_BYTES });
    return text === undefined ? DEFAULT_WING_CONFIG : parseWingConfig(text, this.#path);
  }
}

/**
 * Names that have an address at one time. An agent with a wildcard rule can invent names without end; the browser of a
 * person touches some thousands a day.
 */
export const MAX_FAKE_NAMES = 16_384;

/** 198.18.0.0/15 is set aside for benchmarks (RFC 2544), so no real destination is hidden by it. */
const FIRST = (198 << 24) | (18 << 16) | 1;
/** Without the network's first and last address. */
const COUNT = 2 ** 17 - 2;

/**
 * Gives each approved name an address of its own, so that a connection to the address says which name was meant.
 * 127.0.0.0/8 would do as well, but clients that guard against request forgery refuse it.
 *
 * Addresses are given out in turn: one that was dropped is not given to another name before 130,000 others were, so a
 * client that still has it in its cache is refused rather than led elsewhere.
 */
export class FakeAddresses {
  readonly #limit: number;
  /** Least recently used first. */
  readonly #addresses = new Map<string, number>();
  readonly #names = new Map<number, string>();
  #next = 0;

  constructor(limit: number = MAX_FAKE_NAMES) {
    this.#limit = limit;
  }

  /** The address of a name; the same as long as it is used. */
  addressOf(name: string): string {
    const known = this.#addresses.get(name);
    const index = known ?? this.#takeFree();
    this.#touch(name, index);
    if (this.#addresses.size > this.#limit) this.#dropOldest();
    return format(index);
  }

  /** The name that has this address; undefined when none has, or no longer. */
  nameOf(address: string): string | undefined {
    const index = parse(address);
    const name = index === undefined ? undefined : this.#names.get(index);
    if (name !== undefined && index !== undefined) this.#touch(name, index);
    return name;
  }

  #touch(name: string, index: number): void {
    this.#addresses.delete(name);
    this.#addresses.set(name, index);
    this.#names.set(index, name);
  }

  #takeFree(): number {
    while (this.#names.has(this.#next)) this.#next = (this.#next + 1) % COUNT;
    const index = this.#next;
    this.#next = (index + 1) % COUNT;
    return index;
  }

  #dropOldest(): void {
    const [oldest] = this.#addresses;
    if (oldest === undefined) return;
    this.#addresses.delete(oldest[0]);
    this.#names.delete(oldest[1]);
  }
}

/** Is this address one of those that are given out? */
export function isFakeAddress(address: string): boolean {
  return parse(address) !== undefined;
}

function format(index: number): string {
  const value = FIRST + index;
  return [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join(".");
}

function parse(address: string): number | undefined {
  const match = /^198\.(18|19)\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  if (match === null) return undefined;
  const index = ((Number(match[1]) - 18) << 16) + (Number(match[2]) << 8) + Number(match[3]) - 1;
  return index >= 0 && index < COUNT ? index : undefined;
}

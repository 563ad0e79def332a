import type { CloseReason, Frame } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import type { StartTimer } from "@wingthing/sealed-channel/host";
import { ManualTimers } from "@wingthing/sealed-channel/testing/manual-timer";
import { RelayClientLink } from "../relay-client-link.ts";
import { parseRelayFrame, relayDataFrame, relayFrame } from "../relay-frames.ts";
import { RelayWingLink } from "../relay-wing-link.ts";
import { MemorySocket } from "./memory-socket.ts";

type Kind = Parameters<typeof relayFrame>[0];

/** A relay with one browser and one wing, which pairs their channels and says what a test tells it to. */
export class RelayDouble {
  readonly timers = new ManualTimers();
  /** What browser and wing sent, in order. */
  readonly heard: { readonly browser: Frame["kind"][]; readonly wing: Frame["kind"][] } = { browser: [], wing: [] };
  /** The ends at the browser and at the wing. */
  readonly browserSocket: MemorySocket;
  readonly wingSocket: MemorySocket;
  readonly #towardsBrowser: MemorySocket;
  readonly #towardsWing: MemorySocket;
  /** Answers to Open: the channel stands unless this says why not. */
  refusal: CloseReason | undefined;
  /** Whether hello is answered with a welcome. */
  welcomes = true;
  /** Whether Open is answered at all. */
  answersOpen = true;
  maxChannels = 8;

  readonly startTimer: StartTimer;

  /** Timers are the double's own, for the test to fire, unless others are given. */
  constructor(startTimer?: StartTimer) {
    this.startTimer = startTimer ?? this.timers.start;
    [this.browserSocket, this.#towardsBrowser] = MemorySocket.pair();
    [this.wingSocket, this.#towardsWing] = MemorySocket.pair();
    this.#towardsBrowser.onMessage((message) => this.#fromBrowser(parseRelayFrame(message)));
    this.#towardsWing.onMessage((message) => this.#fromWing(parseRelayFrame(message)));
    this.#towardsBrowser.onClose(() => this.#towardsWing.close());
    this.#towardsWing.onClose(() => this.#towardsBrowser.close());
  }

  connectBrowser(signal?: AbortSignal): Promise<RelayClientLink> {
    const { browserSocket: socket, startTimer } = this;
    return RelayClientLink.connect({ socket, startTimer, token: "browser token", ...(signal ? { signal } : {}) });
  }

  connectWing(): Promise<RelayWingLink> {
    return RelayWingLink.connect({ socket: this.wingSocket, startTimer: this.startTimer, token: "wing token" });
  }

  tellBrowser(kind: Kind): void {
    this.#towardsBrowser.send(relayFrame(kind));
  }

  tellWing(kind: Kind): void {
    this.#towardsWing.send(relayFrame(kind));
  }

  /** Bytes that are no frame of ours. */
  sendRawToBrowser(bytes: Uint8Array<ArrayBuffer>): void {
    this.#towardsBrowser.send(bytes);
  }

  /** Breaks both connections. */
  cut(): void {
    this.#towardsBrowser.close(1006);
  }

  #fromBrowser(frame: Frame["kind"]): void {
    this.heard.browser.push(frame);
    if (frame.case === "hello") this.#greet((kind) => this.tellBrowser(kind));
    if (frame.case === "open") this.#open(frame.value.channelId);
    if (frame.case === "data") this.#towardsWing.send(relayDataFrame(frame.value.channelId, frame.value.payload));
    if (frame.case === "close") this.tellWing({ case: "close", value: frame.value });
  }

  #fromWing(frame: Frame["kind"]): void {
    this.heard.wing.push(frame);
    if (frame.case === "hello") this.#greet((kind) => this.tellWing(kind));
    if (frame.case === "data") this.#towardsBrowser.send(relayDataFrame(frame.value.channelId, frame.value.payload));
    if (frame.case === "close") this.tellBrowser({ case: "close", value: frame.value });
  }

  #greet(tell: (kind: Kind) => void): void {
    if (this.welcomes) tell({ case: "welcome", value: { linkId: "l1", maxChannels: this.maxChannels, version: 1 } });
  }

  #open(channelId: number): void {
    if (!this.answersOpen) return;
    if (this.refusal !== undefined) {
      this.tellBrowser({ case: "close", value: { channelId, reason: this.refusal, text: "" } });
      return;
    }
    this.tellWing({ case: "open", value: { channelId } });
    this.tellBrowser({ case: "opened", value: { channelId } });
  }
}

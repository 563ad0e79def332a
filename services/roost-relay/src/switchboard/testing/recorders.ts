import type { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import type {
  ChannelEnd,
  ChannelListener,
  CloseCause,
  OpenerListener,
  PresenceListener,
  WingAnswer,
  WingListener,
} from "../switchboard.ts";

/** Something that an end of a channel heard. */
export type Heard =
  | { readonly kind: "opened" }
  | { readonly kind: "data"; readonly text: string }
  | { readonly kind: "hold"; readonly held: boolean }
  | { readonly kind: "close"; readonly reason: CloseReason };

/** One end of a channel that writes down what it hears, in order. */
export class EndRecorder implements ChannelListener {
  readonly heard: Heard[] = [];
  end: ChannelEnd | undefined;
  #wake: (() => void) | undefined;

  onData(payload: Uint8Array): void {
    this.#add({ kind: "data", text: Buffer.from(payload).toString() });
  }

  onHold(held: boolean): void {
    this.#add({ kind: "hold", held });
  }

  onClose({ reason }: CloseCause): void {
    this.#add({ kind: "close", reason });
  }

  protected noteOpened(): void {
    this.#add({ kind: "opened" });
  }

  say(text: string): void {
    this.end?.send(Buffer.from(text));
  }

  /** Waits until so many things were heard; a bus between the ends takes its time. */
  async hears(count: number): Promise<readonly Heard[]> {
    while (this.heard.length < count) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.heard;
  }

  #add(heard: Heard): void {
    this.heard.push(heard);
    this.#wake?.();
  }
}

/** The end that opens. */
export class OpenerRecorder extends EndRecorder implements OpenerListener {
  onOpened(end: ChannelEnd): void {
    this.end = end;
    this.noteOpened();
  }
}

/** A wing's link that takes every channel, unless told to refuse. */
export class WingRecorder implements WingListener {
  readonly channels: EndRecorder[] = [];
  readonly subjects: string[] = [];
  replaced = 0;
  refuseWith: CloseCause | undefined;

  onChannel(end: ChannelEnd, subject: string): WingAnswer {
    if (this.refuseWith) return { kind: "refused", cause: this.refuseWith };
    const channel = new EndRecorder();
    channel.end = end;
    this.channels.push(channel);
    this.subjects.push(subject);
    return { kind: "taken", listener: channel };
  }

  onReplaced(): void {
    this.replaced++;
  }
}

/** A watcher that writes presence down as "+wing", "-wing" and "ready". */
export class PresenceRecorder implements PresenceListener {
  readonly heard: string[] = [];
  #wake: (() => void) | undefined;

  onPresence(wingId: string, online: boolean): void {
    this.#add(`${online ? "+" : "-"}${wingId}`);
  }

  onReady(): void {
    this.#add("ready");
  }

  async hears(count: number): Promise<readonly string[]> {
    while (this.heard.length < count) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.heard;
  }

  #add(text: string): void {
    this.heard.push(text);
    this.#wake?.();
  }
}

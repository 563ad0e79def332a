import { type ReadonlySignal, signal } from "@preact/signals";

/** A short message that goes by itself. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: "plain" | "error";
}

/** At most this many at once; an older one makes room, so that a loop of errors never fills the screen. */
export const MAX_TOASTS = 3;
/** Long enough to read a sentence, in ms. */
const TOAST_MS = 5_000;

/** The messages on screen, oldest first. */
export class ToastStore {
  readonly #toasts = signal<readonly Toast[]>([]);
  #nextId = 1;

  /** What is on screen. */
  get toasts(): ReadonlySignal<readonly Toast[]> {
    return this.#toasts;
  }

  /** Shows a message; the same text twice is shown once. */
  show(text: string, tone: Toast["tone"] = "plain"): void {
    const id = this.#nextId++;
    const others = this.#toasts.value.filter((toast) => toast.text !== text);
    this.#toasts.value = [...others, { id, text, tone }].slice(-MAX_TOASTS);
    setTimeout(() => this.dismiss(id), TOAST_MS);
  }

  /** Takes a message away. */
  dismiss(id: number): void {
    this.#toasts.value = this.#toasts.value.filter((toast) => toast.id !== id);
  }
}

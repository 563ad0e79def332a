import { type ReadonlySignal, signal } from "@preact/signals";

/** Something that a terminal may only do after a person said so. */
export type TerminalQuestion =
  | {
      readonly kind: "paste";
      readonly lines: number;
      readonly controls: number;
      readonly shown: string;
      readonly text: string;
    }
  | { readonly kind: "link"; readonly href: string; readonly host: string }
  | { readonly kind: "clipboard"; readonly text: string };

/** What is done once a person agreed. */
export interface DeskEffects {
  readonly paste: (text: string) => void;
  readonly openLink: (href: string) => void;
  readonly copy: (text: string) => void;
}

/**
 * Asks one question at a time. A program that asks again while one is open is not heard: nobody should be able to
 * bury a person in dialogs. Whether a session may write to the clipboard is asked once and holds for the page.
 */
export class QuestionDesk {
  readonly #effects: DeskEffects;
  readonly #open = signal<TerminalQuestion | undefined>(undefined);
  #mayCopy: boolean | undefined;

  constructor(effects: DeskEffects) {
    this.#effects = effects;
  }

  /** The question that is open. */
  get open(): ReadonlySignal<TerminalQuestion | undefined> {
    return this.#open;
  }

  /** Asks, or answers by itself what was answered before. */
  ask(question: TerminalQuestion): void {
    if (question.kind === "clipboard" && this.#mayCopy !== undefined) {
      if (this.#mayCopy) this.#effects.copy(question.text);
      return;
    }
    this.#open.value ??= question;
  }

  /** The person's answer to the open question. */
  answer(yes: boolean): void {
    const question = this.#open.peek();
    this.#open.value = undefined;
    if (question?.kind === "clipboard") this.#mayCopy = yes;
    if (question === undefined || !yes) return;
    if (question.kind === "paste") this.#effects.paste(question.text);
    else if (question.kind === "link") this.#effects.openLink(question.href);
    else this.#effects.copy(question.text);
  }
}

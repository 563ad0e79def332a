import { Button } from "../../ui/button.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { Copyable } from "../../ui/copyable.tsx";
import { FingerprintWords } from "../../ui/fingerprint-words.tsx";
import { Icon } from "../../ui/icon.tsx";
import type { WingActions } from "./wing-actions.ts";
import type { KeyWords } from "./wing-view.ts";
import "./key-changed.css";

interface KeyChangedProps {
  readonly wing: string;
  readonly pinned: KeyWords;
  readonly offered: KeyWords;
  readonly actions: WingActions;
}

/** The wing's key is another one than before: both in words, and what to do. */
export function KeyChanged({ wing, pinned, offered, actions }: KeyChangedProps) {
  return (
    <section class="key-changed" role="alert" aria-labelledby="key-changed">
      <h2 id="key-changed">
        <Icon name="warning" size={20} /> {wing} has another key than before
      </h2>
      <p>
        If you set this machine up anew, that is why. If you did not, somebody may be standing between you and it.
        Nothing was sent. Run this <b>on the machine itself</b> and compare the words:
      </p>
      <Copyable text="wt wing fingerprint" label="Copy the command" />
      <div class="key-columns">
        <div>
          <h3>Pinned since {pinned.since}</h3>
          <FingerprintWords words={pinned.words} label="Pinned fingerprint" />
        </div>
        <div>
          <h3>Offered now</h3>
          <FingerprintWords words={offered.words} label="Offered fingerprint" />
        </div>
      </div>
      <div class="key-actions">
        <Button icon="retry" onPress={actions.onRetry}>
          Try again with the pinned key
        </Button>
        {offered.words.length === 0 ? null : (
          <ConfirmButton
            text="Trust the offered key…"
            confirmText="The words are the same: trust it"
            label="Trust the offered key"
            confirmLabel="Trust the offered key now"
            warning="Only if the machine itself shows these words. The pinned key is forgotten."
            onConfirm={actions.onTrust}
          />
        )}
      </div>
    </section>
  );
}

import { Copyable } from "../../ui/copyable.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { FingerprintWords } from "../../ui/fingerprint-words.tsx";
import type { EnforcedArea } from "../../wing/session-summary.ts";
import { EnforcementList } from "../wing/enforcement-list.tsx";
import "./channel-panel.css";

/** What the panel behind the lock shows. */
export interface ChannelPanelView {
  readonly wing: string;
  readonly secure: boolean;
  /** All words of the fingerprint; empty while unknown. */
  readonly words: readonly string[];
  /** "23 November 2026, 14:12"; empty while nothing is pinned. */
  readonly pinnedSince: string;
  readonly person: string;
  readonly role: string;
  readonly enforcement: readonly EnforcedArea[];
}

/** Who is at the other end, how to make sure, and how the session is fenced in. */
export function ChannelPanel({ view, onClose }: { view: ChannelPanelView; onClose: () => void }) {
  return (
    <Dialog title="Channel" shape="sheet" onClose={onClose}>
      <div class="channel-panel">
        <p>
          {view.secure
            ? `Encrypted from this browser to ${view.wing}. The roost passes it on and can read none of it.`
            : `There is no channel to ${view.wing} at the moment. Nothing is sent without one.`}
        </p>
        <section aria-labelledby="fingerprint-heading">
          <h3 id="fingerprint-heading">Fingerprint of {view.wing}</h3>
          <FingerprintWords words={view.words} label={`Fingerprint of ${view.wing}`} />
          {view.pinnedSince === "" ? null : <p class="faint">Pinned in this browser since {view.pinnedSince}.</p>}
          <p class="faint">To make sure, run this there and compare the words:</p>
          <Copyable text="wt wing fingerprint" label="Copy the command" />
        </section>
        {view.person === "" ? null : (
          <section>
            <h3>You</h3>
            <p>
              {view.person}, {view.role}
            </p>
          </section>
        )}
        <section>
          <h3>Sandbox of this session</h3>
          <EnforcementList areas={view.enforcement} />
        </section>
      </div>
    </Dialog>
  );
}

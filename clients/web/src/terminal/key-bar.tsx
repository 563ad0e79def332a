import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "../ui/icon.tsx";
import { TOUCH_KEYS, type TouchKey } from "./touch-keys.ts";
import "./key-bar.css";

interface KeyBarProps {
  readonly ctrlHeld: boolean;
  readonly onCtrl: () => void;
  readonly onKey: (sends: TouchKey["sends"]) => void;
  readonly onPaste: () => void;
  /** A whole line, typed or dictated in the box below the keys. */
  readonly onLine: (text: string) => void;
}

const BEFORE_CTRL: readonly TouchKey[] = [TOUCH_KEYS.escape, TOUCH_KEYS.tab];
const AFTER_CTRL: readonly TouchKey[] = [
  TOUCH_KEYS.left,
  TOUCH_KEYS.down,
  TOUCH_KEYS.up,
  TOUCH_KEYS.right,
  TOUCH_KEYS.interrupt,
  TOUCH_KEYS.slash,
  TOUCH_KEYS.pipe,
  TOUCH_KEYS.dash,
  TOUCH_KEYS.tilde,
];

/** The keys that a phone lacks, above its keyboard, and a box for dictation. Taking the focus would close the keyboard. */
export function KeyBar({ ctrlHeld, onCtrl, onKey, onPaste, onLine }: KeyBarProps) {
  const keys = (list: readonly TouchKey[]) =>
    list.map(({ face, name, sends }) => (
      <BarKey key={name} name={name} onPress={() => onKey(sends)}>
        {face}
      </BarKey>
    ));
  return (
    <section class="key-area" aria-label="Keys">
      <div class="key-bar" role="toolbar" aria-label="Terminal keys">
        {keys(BEFORE_CTRL)}
        <BarKey name="ctrl" held={ctrlHeld} onPress={onCtrl}>
          ctrl
        </BarKey>
        {keys(AFTER_CTRL)}
        <BarKey name="Paste" onPress={onPaste}>
          <Icon name="clipboard" />
        </BarKey>
      </div>
      <LineBox onLine={onLine} />
    </section>
  );
}

interface BarKeyProps {
  readonly name: string;
  readonly held?: boolean;
  readonly onPress: () => void;
  readonly children: ComponentChildren;
}

function BarKey({ name, held, onPress, children }: BarKeyProps) {
  return (
    <button
      type="button"
      class={held === true ? "bar-key held" : "bar-key"}
      aria-label={name}
      aria-pressed={held}
      onPointerDown={(event) => event.preventDefault()}
      onClick={onPress}
    >
      {children}
    </button>
  );
}

function LineBox({ onLine }: { onLine: (text: string) => void }) {
  const [text, setText] = useState("");
  return (
    <form
      class="line-box"
      onSubmit={(event) => {
        event.preventDefault();
        onLine(text);
        setText("");
      }}
    >
      <input
        type="text"
        aria-label="Message or command"
        placeholder="Message or command"
        autocomplete="off"
        autocapitalize="off"
        enterkeyhint="send"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="line-send" aria-label="Send line">
        <Icon name="enter" />
      </button>
    </form>
  );
}

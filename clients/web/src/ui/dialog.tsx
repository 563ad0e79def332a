import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "./button.tsx";
import "./dialog.css";

interface DialogProps {
  /** Name of the dialog; also its visible heading unless `plain`. */
  readonly title: string;
  /** "sheet" slides over one edge (right on a wide screen, bottom on a phone), "top" hangs below the bar. */
  readonly shape?: "center" | "sheet" | "top";
  /** Draws no heading and no close button: the content brings its own. */
  readonly plain?: boolean;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A modal dialog: the browser keeps focus inside, makes the rest inert, closes it on Esc and gives focus back. */
export function Dialog({ title, shape = "center", plain = false, onClose, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = ref.current;
    const opener = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class={`dialog ${shape}`}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      // A press on the backdrop has the dialog itself as its target; the content fills all of it.
      onPointerDown={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div class="dialog-body">
        {plain ? null : (
          <header class="dialog-head">
            <h2>{title}</h2>
            <Button kind="quiet" icon="close" label="Close" onPress={onClose} />
          </header>
        )}
        {children}
      </div>
    </dialog>
  );
}

import { Icon } from "./icon.tsx";
import type { Toast } from "./toast-store.ts";
import "./toasts.css";

/** Messages at the lower edge; read aloud when they come. */
export function Toasts({ toasts, onDismiss }: { toasts: readonly Toast[]; onDismiss: (id: number) => void }) {
  return (
    <div class="toasts" role="status" aria-live="polite" aria-label="Messages">
      {toasts.map((toast) => (
        <div class={`toast ${toast.tone}`} key={toast.id}>
          <Icon name={toast.tone === "error" ? "warning" : "check"} />
          <span>{toast.text}</span>
          <button type="button" class="toast-close" aria-label="Dismiss" onClick={() => onDismiss(toast.id)}>
            <Icon name="close" size={14} />
          </button>
        </div>
      ))}
    </div>
  );
}

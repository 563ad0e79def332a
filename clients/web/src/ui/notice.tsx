import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon.tsx";
import "./notice.css";

interface NoticeProps {
  readonly tone: "plain" | "wait" | "bad";
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ComponentChildren;
  readonly actions?: ComponentChildren;
  /** "alert" is read aloud at once; the default waits its turn. */
  readonly role?: "alert" | "status";
}

/** A block that says what is the matter and what to do. */
export function Notice({ tone, icon, title, children, actions, role = "status" }: NoticeProps) {
  return (
    <div class={`notice ${tone}`} role={role}>
      <Icon name={icon} size={18} />
      <div class="notice-text">
        <p class="notice-title">{title}</p>
        {children === undefined ? null : <div class="notice-more">{children}</div>}
      </div>
      {actions === undefined ? null : <div class="notice-actions">{actions}</div>}
    </div>
  );
}

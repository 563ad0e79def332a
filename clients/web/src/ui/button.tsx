import type { ComponentChildren, RefObject } from "preact";
import { Icon, type IconName } from "./icon.tsx";
import "./button.css";

/** How loud a button is: one primary a screen, danger only for what can't be undone. */
export type ButtonKind = "plain" | "primary" | "quiet" | "danger";

interface ButtonProps {
  readonly kind?: ButtonKind;
  readonly icon?: IconName;
  /** Name for assistive technology where the visible text says too little. */
  readonly label?: string;
  readonly disabled?: boolean;
  readonly submit?: boolean;
  /** Has the focus when the dialog around it opens. */
  readonly first?: boolean;
  /** Sets aria-expanded and aria-haspopup="dialog". */
  readonly expanded?: boolean;
  readonly class?: string;
  readonly buttonRef?: RefObject<HTMLButtonElement>;
  readonly onPress?: () => void;
  readonly children?: ComponentChildren;
}

/** A push button with a 44 px target on touch screens. */
export function Button(props: ButtonProps) {
  const { kind = "plain", icon, label, disabled = false, submit = false, expanded, children } = props;
  const iconOnly = children === undefined;
  return (
    <button
      ref={props.buttonRef ?? null}
      type={submit ? "submit" : "button"}
      class={`button ${kind}${iconOnly ? " icon-only" : ""}${props.class === undefined ? "" : ` ${props.class}`}`}
      aria-label={label}
      title={iconOnly ? label : undefined}
      aria-expanded={expanded}
      aria-haspopup={expanded === undefined ? undefined : "dialog"}
      disabled={disabled}
      autofocus={props.first}
      onClick={props.onPress}
    >
      {icon === undefined ? null : <Icon name={icon} />}
      {children}
    </button>
  );
}

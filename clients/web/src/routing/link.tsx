import type { ComponentChildren } from "preact";
import { hrefOf, type Route } from "./route.ts";

interface LinkProps {
  readonly to: Route;
  readonly onGo: (route: Route) => void;
  readonly class?: string;
  readonly label?: string;
  readonly children: ComponentChildren;
}

/** A real link (new tab, copy address) that goes without a page load when pressed plainly. */
export function Link({ to, onGo, label, children, ...rest }: LinkProps) {
  return (
    <a
      class={rest.class}
      href={hrefOf(to)}
      aria-label={label}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
        event.preventDefault();
        onGo(to);
      }}
    >
      {children}
    </a>
  );
}

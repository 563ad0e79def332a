import type { Route } from "../../routing/route.ts";

/** What the page of a wing can do. */
export interface WingActions {
  readonly onGo: (route: Route) => void;
  readonly onNewSession: () => void;
  readonly onRetry: () => void;
  readonly onTrust: () => void;
}

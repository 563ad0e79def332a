import type { WingId } from "@wingthing/contracts/ids";
import type { Route } from "../../routing/route.ts";

/** What the home screen can do. */
export interface HomeActions {
  readonly onGo: (route: Route) => void;
  readonly onNewSession: (wingId: WingId) => void;
  readonly onRetry: () => void;
  readonly onRetryWing: (wingId: WingId) => void;
}

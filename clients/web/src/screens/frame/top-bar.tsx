import { Link } from "../../routing/link.tsx";
import type { Route } from "../../routing/route.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Mark } from "../../ui/mark.tsx";
import "./top-bar.css";

/** What the bar on top of every page but a session shows. */
export interface TopBarView {
  /** Name of the person; empty while unknown. */
  readonly person: string;
  readonly canStart: boolean;
  /** "⌘K" or "Ctrl K". */
  readonly paletteChord: string;
}

/** What it can do. */
export interface TopBarActions {
  readonly onGo: (route: Route) => void;
  readonly onNewSession: () => void;
  readonly onPalette: () => void;
}

/** The first letters of a name. */
function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter((word) => word !== "");
  return words
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase() ?? "")
    .join("");
}

/** Brand, jump field, new session, person. */
export function TopBar({ view, actions }: { view: TopBarView; actions: TopBarActions }) {
  return (
    <header class="top-bar">
      <Link to={{ kind: "home" }} onGo={actions.onGo} class="brand" label="wingthing, home">
        <Mark />
        <span>wingthing</span>
      </Link>
      <button type="button" class="jump" onClick={actions.onPalette}>
        <Icon name="search" size={15} />
        <span class="jump-text">Start an agent, jump to a session…</span>
        <kbd>{view.paletteChord}</kbd>
      </button>
      <span class="spacer" />
      <Button kind="primary" icon="plus" label="New session" disabled={!view.canStart} onPress={actions.onNewSession}>
        <span class="wide">New session</span>
        <span class="narrow">New</span>
      </Button>
      {view.person === "" ? null : (
        <span class="avatar" role="img" aria-label={`Signed in as ${view.person}`} title={view.person}>
          {initials(view.person)}
        </span>
      )}
    </header>
  );
}

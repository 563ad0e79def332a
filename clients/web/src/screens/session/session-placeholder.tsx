import type { ComponentChildren } from "preact";
import { Link } from "../../routing/link.tsx";
import type { Route } from "../../routing/route.ts";
import { Button } from "../../ui/button.tsx";
import { Icon, type IconName } from "../../ui/icon.tsx";
import type { SessionBody } from "./session-view.ts";
import "./session-placeholder.css";

interface PlaceholderProps {
  readonly body: SessionBody;
  readonly onGo: (route: Route) => void;
  readonly onRetry: () => void;
}

/** What stands in the terminal's place while there is no terminal: why, and what happens next. */
export function SessionPlaceholder({ body, onGo, onRetry }: PlaceholderProps) {
  const home = (
    <Link to={{ kind: "home" }} onGo={onGo} class="button plain">
      All sessions
    </Link>
  );
  switch (body.kind) {
    case "terminal":
      return null;
    case "searching":
      return (
        <Place icon="search" title="Looking for this session">
          Asking your wings.
        </Place>
      );
    case "waiting":
      return (
        <Place
          icon="sleep"
          title={`${names(body.wings)} ${body.wings.length > 1 ? "are" : "is"} offline`}
          actions={home}
        >
          {body.word} This page waits and opens the session as soon as the wing is back. The session itself goes on
          without you as long as its machine is awake.
        </Place>
      );
    case "absent":
      return (
        <Place icon="cross-circle" title="There is no such session" actions={home}>
          It was taken off the list, or the link is for another account.
        </Place>
      );
    case "over":
      return (
        <Place icon="check" title="This session has ended">
          {body.text} Its last screen is not kept.
        </Place>
      );
    case "key-changed":
      return (
        <Place
          icon="warning"
          title={`${body.wing} has another key than before`}
          actions={
            <Link to={{ kind: "wing", wingId: body.wingId }} onGo={onGo} class="button primary">
              Compare the keys
            </Link>
          }
        >
          It was set up anew, or somebody is in between. Nothing was sent to it.
        </Place>
      );
    case "refused":
      return (
        <Place
          icon="warning"
          title="The wing does not let you in"
          actions={
            <>
              {home}
              <Button icon="retry" onPress={onRetry}>
                Try again
              </Button>
            </>
          }
        >
          {body.reason}
        </Place>
      );
  }
}

/** "studio", "studio and attic", or "one of your wings" for more. */
function names(wings: readonly string[]): string {
  return wings.length > 2 ? "Some of your wings" : wings.join(" and ");
}

interface PlaceProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children: ComponentChildren;
  readonly actions?: ComponentChildren;
}

function Place({ icon, title, children, actions }: PlaceProps) {
  return (
    <div class="place" role="status">
      <Icon name={icon} size={28} />
      <h2>{title}</h2>
      <p>{children}</p>
      {actions === undefined ? null : <div class="place-actions">{actions}</div>}
    </div>
  );
}

import { Link } from "../../routing/link.tsx";
import type { Route } from "../../routing/route.ts";
import type { SessionCardView } from "../session-card-view.ts";
import "./need-row.css";

/** A session that waits for a person: who, where, why, and one press to go there. */
export function NeedRow({ card, onGo }: { card: SessionCardView; onGo: (route: Route) => void }) {
  return (
    <li class="need">
      <div class="need-text">
        <p class="need-who">
          <b>{card.agentTitle}</b> in <span class="mono">{card.folder}</span> on <b>{card.wing}</b>
        </p>
        <p class="need-why">
          {card.attention}
          {card.preview === "" ? null : <span class="need-preview mono">{card.preview}</span>}
        </p>
      </div>
      <Link
        to={{ kind: "session", sessionId: card.sessionId }}
        onGo={onGo}
        label={`Open ${card.title}`}
        class="button primary"
      >
        Open
      </Link>
    </li>
  );
}

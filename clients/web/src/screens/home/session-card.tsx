import { Link } from "../../routing/link.tsx";
import type { Route } from "../../routing/route.ts";
import { AgentTile } from "../../ui/agent-tile.tsx";
import { Icon } from "../../ui/icon.tsx";
import { StateDot } from "../../ui/state-dot.tsx";
import type { SessionCardView } from "../session-card-view.ts";
import "./session-card.css";

/** One session: what it is, what it does, the last line it drew. The whole card is one link. */
export function SessionCard({ card, onGo }: { card: SessionCardView; onGo: (route: Route) => void }) {
  return (
    <li>
      <Link
        to={{ kind: "session", sessionId: card.sessionId }}
        onGo={onGo}
        class={`session-card ${card.tone}${card.ended ? " ended" : ""}`}
      >
        <span class="card-head">
          <AgentTile agent={card.agent} />
          <span class="card-names">
            <span class="card-title">{card.title}</span>
            <span class="card-sub">
              {card.agentTitle} <span aria-hidden="true">·</span> <span class="mono">{card.folder}</span>
            </span>
          </span>
        </span>
        {card.preview === "" ? null : <span class="card-preview">{card.preview}</span>}
        <span class="card-foot">
          <StateDot tone={card.tone} />
          <span class="card-word">{card.attention === "" ? card.word : card.attention}</span>
          {card.viewers === 0 ? null : (
            <span class="card-viewers">
              <Icon name="people" size={14} />
              {card.viewers}
              <span class="visually-hidden">watching</span>
            </span>
          )}
          <span class="card-age">{card.age === "now" ? "new" : card.age}</span>
        </span>
      </Link>
    </li>
  );
}

/** Stands where a card will be, in the card's own size. */
export function SessionCardSkeleton() {
  return (
    <li class="session-card skeleton" aria-hidden="true">
      <span class="card-head">
        <span class="agent-tile" />
        <span class="card-names">
          <span class="bone title" />
          <span class="bone sub" />
        </span>
      </span>
      <span class="card-preview blank" />
      <span class="card-foot">
        <span class="bone word" />
      </span>
    </li>
  );
}

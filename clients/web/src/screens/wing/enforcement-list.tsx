import { Icon } from "../../ui/icon.tsx";
import type { EnforcedArea } from "../../wing/session-summary.ts";
import "./enforcement-list.css";

/** What is enforced, by what, and why it is not stronger where it is not. */
export function EnforcementList({ areas }: { areas: readonly EnforcedArea[] }) {
  if (areas.length === 0) return <p class="enforcement-none">Not told yet.</p>;
  return (
    <ul class="enforcement">
      {areas.map(({ area, tier, reason }) => (
        <li key={area}>
          <Icon name="shield" />
          <span class="enforcement-area">{area}</span>
          <span class="mono">{tier}</span>
          {reason === "" ? null : <span class="enforcement-reason">{reason}</span>}
        </li>
      ))}
    </ul>
  );
}

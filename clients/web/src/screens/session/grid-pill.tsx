import type { Grid } from "@wingthing/attached-session/grid";
import { Icon } from "../../ui/icon.tsx";
import "./grid-pill.css";

/** Says that the terminal has the size of another viewer, and takes it back. */
export function GridPill({ grid, onTake }: { grid: Grid; onTake: () => void }) {
  return (
    <button type="button" class="grid-pill" onClick={onTake}>
      <Icon name="fit" size={14} />
      <span>
        Sized for another viewer, {grid.columns} × {grid.rows}
      </span>
      <b>Fit to this one</b>
    </button>
  );
}

import "./progress-line.css";

/** A thin bar over the upper edge of what it stands in, while something is being made again; it moves nothing. */
export function ProgressLine() {
  return <span class="progress-line" aria-hidden="true" />;
}

import { ProgressLine } from "../../ui/progress-line.tsx";
import "./connection-strip.css";

/** A thin bar over the page's upper edge while a connection is being made again; nothing moves when it comes or goes. */
export function ConnectionStrip({ text, onRetry }: { text: string | undefined; onRetry?: () => void }) {
  return (
    <div class="strip" role="status" data-shown={text !== undefined}>
      {text === undefined ? null : (
        <>
          <ProgressLine />
          <span>{text}</span>
          {onRetry === undefined ? null : (
            <button type="button" class="strip-retry" onClick={onRetry}>
              Try now
            </button>
          )}
        </>
      )}
    </div>
  );
}

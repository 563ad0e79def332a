import { useEffect } from "preact/hooks";

/** Names the tab while the page is shown. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === "" ? "wingthing" : `${title} · wingthing`;
  }, [title]);
}

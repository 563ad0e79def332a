/**
 * Keeps --visible-height at the height that is really visible, for browsers whose on-screen keyboard lies over the page
 * instead of making it smaller. The result stops and forgets it.
 */
export function followViewport(window: Window): () => void {
  const viewport = window.visualViewport;
  const { style } = window.document.documentElement;
  if (viewport === null) return () => {};
  const follow = () => {
    style.setProperty("--visible-height", `${Math.round(viewport.height)}px`);
    // Such browsers scroll the page to show the focused field, which would push the header out.
    window.scrollTo(0, 0);
  };
  follow();
  viewport.addEventListener("resize", follow);
  return () => {
    viewport.removeEventListener("resize", follow);
    style.removeProperty("--visible-height");
  };
}

/** Where a key moves the active option of a list of `count`; undefined when the key is not the list's. -1 is none. */
export function moveActive(key: string, active: number, count: number): number | undefined {
  if (count === 0) return undefined;
  switch (key) {
    case "ArrowDown":
      return active + 1 < count ? active + 1 : 0;
    case "ArrowUp":
      return active > 0 ? active - 1 : count - 1;
    case "Home":
      return active < 0 ? undefined : 0;
    case "End":
      return active < 0 ? undefined : count - 1;
    default:
      return undefined;
  }
}

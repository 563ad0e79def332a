import { parseSessionId, parseWingId, type SessionId, type WingId } from "@wingthing/contracts/ids";

/** Where the person is. Every route is a path that survives a reload and can be sent to somebody. */
export type Route =
  | { readonly kind: "home" }
  | { readonly kind: "session"; readonly sessionId: SessionId }
  | { readonly kind: "wing"; readonly wingId: WingId }
  | { readonly kind: "unknown"; readonly path: string };

/** Reads the path of a URL. */
export function parseRoute(path: string): Route {
  const [area = "", id = "", ...rest] = path.split("/").slice(1);
  if (rest.join("") !== "") return { kind: "unknown", path };
  if (area === "" && id === "") return { kind: "home" };
  try {
    if (area === "s") return { kind: "session", sessionId: parseSessionId(id) };
    if (area === "w") return { kind: "wing", wingId: parseWingId(id) };
  } catch {
    // A malformed id is a page that does not exist.
  }
  return { kind: "unknown", path };
}

/**
 * The path that an address bar shows. Sessions stand in the fragment, which a browser never sends: a reload must not
 * tell the roost which session somebody works in. A plain path is read too, as a person may have typed it.
 */
export function pathInAddress(location: { readonly pathname: string; readonly hash: string }): string {
  return location.hash.startsWith("#/") ? location.hash.slice(1) : location.pathname;
}

/** What a link to the route says. */
export function hrefOf(route: Route): string {
  const path = pathOf(route);
  return path === "/" ? path : `/#${path}`;
}

/** The path of a route. */
export function pathOf(route: Route): string {
  switch (route.kind) {
    case "home":
      return "/";
    case "session":
      return `/s/${route.sessionId}`;
    case "wing":
      return `/w/${route.wingId}`;
    case "unknown":
      return route.path;
  }
}

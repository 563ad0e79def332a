import { Link } from "../routing/link.tsx";
import type { Route } from "../routing/route.ts";
import "./not-found-screen.css";

/** A path that leads nowhere. */
export function NotFoundScreen({ title, onGo }: { title: string; onGo: (route: Route) => void }) {
  return (
    <main class="not-found">
      <h1>{title}</h1>
      <p>The address may be mistyped, or what it named is gone.</p>
      <Link to={{ kind: "home" }} onGo={onGo} class="button primary">
        All sessions
      </Link>
    </main>
  );
}

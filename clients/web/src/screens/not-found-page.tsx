import { useClient } from "../client-context.ts";
import { NotFoundScreen } from "./not-found-screen.tsx";
import { useTitle } from "./use-title.ts";

/** The page of a path that leads nowhere. */
export function NotFoundPage() {
  const { router } = useClient();
  useTitle("Not found");
  return <NotFoundScreen title="There is no such page" onGo={(route) => router.go(route)} />;
}

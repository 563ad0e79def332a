import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Client } from "./client.ts";

/** Hands the client to the pages. */
export const ClientContext = createContext<Client | undefined>(undefined);

/** The client of this page. */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client === undefined) throw new Error("a page is drawn inside a ClientContext.Provider");
  return client;
}

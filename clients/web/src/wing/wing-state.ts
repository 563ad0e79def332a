import type { Client } from "@connectrpc/connect";
import type { InfoService } from "@wingthing/contracts/gen/wingthing/wing/v1/info_pb";
import type { SessionService } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import type { WorkspaceService } from "@wingthing/contracts/gen/wingthing/wing/v1/workspace_pb";

/** The services of a wing, over one sealed channel. */
export interface WingServices {
  readonly info: Client<typeof InfoService>;
  readonly sessions: Client<typeof SessionService>;
  readonly workspace: Client<typeof WorkspaceService>;
}

/** Who the wing takes this person for. */
export interface Person {
  readonly displayName: string;
  readonly role: string;
}

/** Where the channel to a wing stands. */
export type WingState =
  /** The relay does not see the wing, or this page does not see the relay. */
  | { readonly kind: "offline" }
  | { readonly kind: "dialing"; readonly attempt: number }
  /** Handshake and ticket. */
  | { readonly kind: "securing"; readonly attempt: number }
  | { readonly kind: "online"; readonly services: WingServices; readonly person: Person }
  /** The last try failed; the next one comes by itself. */
  | { readonly kind: "retrying"; readonly attempt: number; readonly reason: string }
  /** The wing's key is not the pinned one: nothing is sent until the person decides. */
  | { readonly kind: "key-changed"; readonly pinned: Uint8Array; readonly offered: Uint8Array | undefined }
  /** The wing or the relay will not let this person in. */
  | { readonly kind: "refused"; readonly reason: string };

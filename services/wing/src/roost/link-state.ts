/** Where the wing's link to its roost stands. */
export type RoostLinkState =
  /** No roost was named: the wing is reached on its own socket only. */
  | { readonly kind: "none" }
  | { readonly kind: "dialing"; readonly attempt: number }
  | { readonly kind: "online"; readonly linkId: string }
  /** Times are milliseconds since the epoch. */
  | { readonly kind: "offline"; readonly reason: string; readonly retryAt: number }
  /** The roost does not know the credential; tried again rarely, for it may be its store that failed. */
  | { readonly kind: "refused"; readonly reason: string; readonly retryAt: number };

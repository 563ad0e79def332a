import type { ComponentChildren } from "preact";
import { dialogStates } from "./dialog-states.tsx";
import { homeStates } from "./home-states.tsx";
import { sessionStates } from "./session-states.tsx";

/** One picture of the gallery: a name for its address, and what to draw. */
export interface GalleryState {
  readonly name: string;
  readonly draw: () => ComponentChildren;
}

/** Every state of every screen. */
export const GALLERY_STATES: readonly GalleryState[] = [...homeStates, ...sessionStates, ...dialogStates];

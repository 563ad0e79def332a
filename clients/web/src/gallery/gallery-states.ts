import { dialogStates } from "./dialog-states.tsx";
import type { GalleryState } from "./gallery-state.ts";
import { homeStates } from "./home-states.tsx";
import { sessionStates } from "./session-states.tsx";

/** Every state of every screen. */
export const GALLERY_STATES: readonly GalleryState[] = [...homeStates, ...sessionStates, ...dialogStates];

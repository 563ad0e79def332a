import type { ComponentChildren } from "preact";

/** One picture of the gallery: a name for its address, and what to draw. */
export interface GalleryState {
  readonly name: string;
  readonly draw: () => ComponentChildren;
}

import type { ComponentChildren } from "preact";

/** Names of our icons: one style, 16 px grid, 1.5 px strokes, drawn in the colour of the text. */
export type IconName =
  | "back"
  | "check"
  | "chevron-right"
  | "clipboard"
  | "close"
  | "copy"
  | "cross-circle"
  | "enter"
  | "fit"
  | "folder"
  | "git"
  | "home"
  | "key"
  | "link"
  | "lock"
  | "machine"
  | "people"
  | "plus"
  | "prompt"
  | "retry"
  | "search"
  | "shield"
  | "sleep"
  | "stop"
  | "warning";

const SHAPES: Readonly<Record<IconName, ComponentChildren>> = {
  back: <path d="M9.75 3.25 5 8l4.75 4.75" />,
  check: <path d="m3 8.5 3.25 3.25L13 4.75" />,
  "chevron-right": <path d="M6.25 3.25 11 8l-4.75 4.75" />,
  clipboard: (
    <>
      <rect x="3" y="3" width="10" height="11" rx="1.5" />
      <path d="M6 3V2h4v1.75H6Z" />
    </>
  ),
  close: <path d="m4 4 8 8m0-8-8 8" />,
  copy: (
    <>
      <rect x="5.25" y="5.25" width="8" height="8" rx="1.5" />
      <path d="M10.75 5V3.5c0-.6-.4-1-1-1H3.5c-.6 0-1 .4-1 1v6.25c0 .6.4 1 1 1H5" />
    </>
  ),
  "cross-circle": (
    <>
      <circle cx="8" cy="8" r="5.75" />
      <path d="m6 6 4 4m0-4-4 4" />
    </>
  ),
  enter: <path d="M13 3.5v4c0 1-.75 1.75-1.75 1.75H3.5m3-3-3 3 3 3" />,
  fit: <path d="M2.5 6V2.5H6m4 0h3.5V6m0 4v3.5H10m-4 0H2.5V10" />,
  folder: (
    <path d="M2 4.25c0-.7.55-1.25 1.25-1.25h2.5l1.5 1.75h5.5c.7 0 1.25.550 1.25 1.25v5.75c0 .7-.550 1.25-1.25 1.25h-9.5C2.55 13 2 12.45 2 11.75Z" />
  ),
  git: (
    <>
      <circle cx="4.75" cy="3.75" r="1.5" />
      <circle cx="4.75" cy="12.25" r="1.5" />
      <circle cx="11.25" cy="5.75" r="1.5" />
      <path d="M4.75 5.25v5.5m6.5-3.5c0 2-2 2.5-6.25 2.75" />
    </>
  ),
  home: <path d="m2.25 7.5 5.75-5 5.75 5M3.75 6.5v7h3v-4h2.5v4h3v-7" />,
  key: (
    <>
      <circle cx="5.25" cy="10.75" r="2.75" />
      <path d="m7.25 8.75 6-6m-2.5 2.5 2 2M9 7l1.25 1.25" />
    </>
  ),
  link: <path d="M6.75 3H4c-.6 0-1 .4-1 1v8c0 .6.4 1 1 1h8c.6 0 1-.4 1-1V9.25M9.5 2.5h4v4m0-4L7.75 8.25" />,
  lock: (
    <>
      <rect x="3" y="7" width="10" height="6.75" rx="1.5" />
      <path d="M5.25 7V4.75a2.75 2.75 0 0 1 5.5 0V7" />
    </>
  ),
  machine: (
    <>
      <rect x="2" y="3" width="12" height="8" rx="1.5" />
      <path d="M5.5 13.5h5M8 11v2.5" />
    </>
  ),
  people: (
    <>
      <circle cx="6" cy="5.25" r="2.25" />
      <path d="M2 13c0-2.2 1.8-3.75 4-3.75S10 10.8 10 13m.5-10a2.25 2.25 0 0 1 0 4.4M12 9.5c1.25.5 2 1.75 2 3.5" />
    </>
  ),
  plus: <path d="M8 3v10M3 8h10" />,
  prompt: <path d="m3.25 4.25 3.5 3.5-3.5 3.5M8.5 12h4.5" />,
  retry: <path d="M13 8a5 5 0 1 1-1.5-3.6M13.25 2.25V5h-2.75" />,
  search: (
    <>
      <circle cx="7" cy="7" r="4.25" />
      <path d="m10.25 10.25 3.25 3.25" />
    </>
  ),
  shield: <path d="M8 1.75 13 3.5v4c0 3.25-2 5.5-5 6.75-3-1.25-5-3.5-5-6.75v-4Z" />,
  sleep: <path d="M13 9.75A5.5 5.5 0 0 1 6.25 3a5.5 5.5 0 1 0 6.75 6.75Z" />,
  stop: <rect x="4.5" y="4.5" width="7" height="7" rx="1" fill="currentColor" />,
  warning: <path d="M8 2.25 14.25 13H1.75ZM8 6.5v3m0 1.75v.25" />,
};

/** Draws an icon that says nothing to a screen reader: what it stands for is told by the text or label beside it. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {SHAPES[name]}
    </svg>
  );
}

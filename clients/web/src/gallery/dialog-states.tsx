import { NewSessionDialog } from "../screens/new-session/new-session-dialog.tsx";
import type { FormState } from "../screens/new-session/new-session-form.ts";
import { Palette } from "../screens/palette/palette.tsx";
import type { Command } from "../screens/palette/rank-commands.ts";
import { WingScreen } from "../screens/wing/wing-screen.tsx";
import { wingView } from "../screens/wing/wing-view.ts";
import type { WingFacts } from "../screens/wing-facts.ts";
import type { GalleryState } from "./gallery-state.ts";
import { homeStates } from "./home-states.tsx";
import { INFO, NOW, SESSIONS, wing, wingId } from "./sample-sessions.ts";

const nothing = () => {};
const folder = (path: string, git: boolean, recent: boolean) => ({ path, shown: path, git, recent });
const FOLDERS = [
  folder("~/src/wingthing", true, true),
  folder("~/src/relay", true, true),
  folder("~/notes", false, true),
  folder("~/src/dotfiles", true, false),
  folder("~/src/infrastructure/terraform/environments/production", true, false),
  folder("/srv/teams/storefront", true, false),
];
const form: FormState = {
  wingId: wingId("a"),
  folder: "~/src/wingthing",
  suggestions: FOLDERS,
  agent: "claude",
  busy: false,
  failure: undefined,
};
const studio = { wingId: wingId("a"), label: "studio" };
const buildBox = { wingId: wingId("b"), label: "build-box" };

const home = () => homeStates[0]?.draw();
const newSession = (name: string, state: FormState, wings = [studio]): GalleryState => ({
  name,
  draw: () => (
    <>
      {home()}
      <NewSessionDialog
        view={{ state, wings, agents: INFO.agents }}
        actions={{
          onWing: nothing,
          onFolder: nothing,
          onSuggestion: nothing,
          onAgent: nothing,
          onStart: nothing,
          onClose: nothing,
        }}
      />
    </>
  ),
});

const command = (title: string, hint: string, group: Command["group"]): Command => ({ id: title, title, hint, group });
const COMMANDS = [
  command("Refactoring the session store", "Claude Code · ~/src/wingthing · studio · working", "Sessions"),
  command("Chapter 3", "Codex · ~/notes · studio · waits for you", "Sessions"),
  command("relay", "Shell · ~/src/relay · studio · idle 12 min", "Sessions"),
  command("New session on studio", "", "Actions"),
  command("Go home", "", "Actions"),
  command("Show wing studio", "", "Actions"),
];

const WORDS = "otter lamp seven maple quiet drum harbor lentil".split(" ");
const OTHER = "cactus piano velvet nine anchor brook tulip frost".split(" ");
const wingPage = (name: string, facts: WingFacts): GalleryState => ({
  name,
  draw: () => (
    <WingScreen
      view={wingView(
        facts,
        { pinned: { words: WORDS, since: "12 March 2026 at 09:40" }, offered: { words: OTHER, since: "" } },
        NOW,
      )}
      actions={{ onGo: nothing, onNewSession: nothing, onRetry: nothing, onTrust: nothing }}
    />
  ),
});

/** Dialogs, and the page of a wing. */
export const dialogStates: readonly GalleryState[] = [
  newSession("new-session", form),
  newSession("new-session-two-wings", { ...form, folder: "~/src/", agent: "shell" }, [studio, buildBox]),
  newSession("new-session-failed", {
    ...form,
    suggestions: [],
    failure: {
      title: "The sandbox cannot be enforced: network",
      points: [],
      text: "nft is not installed on studio. Nothing was started.",
      remedy: "sudo apt install nftables",
    },
  }),
  newSession("new-session-consent", {
    ...form,
    failure: {
      title: "This project asks for a wider sandbox",
      text: "~/src/shop/egg.yaml opens more than your own egg.yaml allows. Take it out there, or allow it in ~/.wingthing/egg.yaml:",
      points: ["network example.com", "rw:/home/eb/.cache", "env AWS_PROFILE"],
      remedy: "",
    },
  }),
  {
    name: "palette",
    draw: () => (
      <>
        {home()}
        <Palette commands={COMMANDS} onRun={nothing} onClose={nothing} />
      </>
    ),
  },
  wingPage(
    "wing-online",
    wing("a", "studio", { list: { kind: "listed", sessions: [SESSIONS.refactor, SESSIONS.relay] } }),
  ),
  wingPage(
    "wing-key-changed",
    wing("a", "studio", {
      state: { kind: "key-changed", pinned: new Uint8Array(32), offered: new Uint8Array(32) },
      list: { kind: "unknown" },
    }),
  ),
  wingPage(
    "wing-offline",
    wing("c", "laptop", {
      state: { kind: "offline" },
      info: undefined,
      list: { kind: "unknown" },
      seenAt: NOW - 7_200_000,
    }),
  ),
];

/**
 * What the sandbox must open for one agent, and how the agent is started.
 *
 * Paths begin with "~/"; one that ends in "/" is a folder, any other a file. A path that is missing is made before the
 * first session, because a sandbox can only open what exists.
 */
export interface AgentProfile {
  /** The word on the command line and in the wire protocol. */
  readonly name: string;
  /** The name for people. */
  readonly title: string;
  /** Program and fixed arguments; empty for `shell`: the person's $SHELL. */
  readonly command: readonly string[];
  /** Arguments that are added when the person lets the agent run without asking. */
  readonly skipPermissionArgs: readonly string[];
  /** Destinations that the agent needs, as network patterns. Error collectors and file stores of everyone are left out. */
  readonly domains: readonly string[];
  /** TCP ports of the host's own loopback that the agent needs. */
  readonly hostPorts: readonly number[];
  /** Names of variables that pass from the wing's environment into the egg. */
  readonly env: readonly string[];
  /** Paths that the agent keeps its own state in. */
  readonly writable: readonly string[];
  /** Paths below the writable ones that would run code in a later session, or tell its agent what to do. */
  readonly protected: readonly string[];
  /** Paths that hold the agent's credentials: denied to every other agent. */
  readonly credentials: readonly string[];
  /** The agent's own settings file. */
  readonly settings?: string;
  /** The command that installs the agent. */
  readonly installHint: string;
}

const NOTHING = {
  skipPermissionArgs: [],
  domains: [],
  hostPorts: [],
  env: [],
  writable: [],
  protected: [],
  credentials: [],
};

/** The agents that wingthing knows without being told. */
export const AGENT_PROFILES: readonly AgentProfile[] = [
  {
    ...NOTHING,
    name: "claude",
    title: "Claude Code",
    command: ["claude"],
    skipPermissionArgs: ["--dangerously-skip-permissions"],
    domains: ["*.anthropic.com", "claude.ai", "*.claude.ai", "*.claude.com"],
    env: ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "CLAUDE_CODE_OAUTH_TOKEN"],
    writable: ["~/.claude/", "~/.claude.json", "~/.cache/claude/", "~/.cache/claude-cli-nodejs/"],
    protected: [
      "~/.claude/settings.json",
      "~/.claude/CLAUDE.md",
      "~/.claude/agents/",
      "~/.claude/commands/",
      "~/.claude/hooks/",
      "~/.claude/plugins/",
      "~/.claude/skills/",
    ],
    credentials: ["~/.claude/.credentials.json", "~/.claude.json"],
    settings: "~/.claude/settings.json",
    installHint: "npm install -g @anthropic-ai/claude-code",
  },
  {
    ...NOTHING,
    name: "codex",
    title: "Codex",
    command: ["codex"],
    // Its own Landlock sandbox would be the second one around the same program; ours is the boundary.
    skipPermissionArgs: ["--dangerously-bypass-approvals-and-sandbox"],
    domains: ["api.openai.com", "auth.openai.com", "chatgpt.com", "*.chatgpt.com"],
    env: ["OPENAI_API_KEY", "OPENAI_BASE_URL", "CODEX_API_KEY"],
    writable: ["~/.codex/"],
    protected: ["~/.codex/AGENTS.md", "~/.codex/prompts/", "~/.codex/skills/"],
    credentials: ["~/.codex/auth.json"],
    settings: "~/.codex/config.toml",
    installHint: "npm install -g @openai/codex",
  },
  {
    ...NOTHING,
    name: "cursor",
    title: "Cursor",
    command: ["cursor-agent"],
    skipPermissionArgs: ["--force"],
    domains: ["cursor.com", "*.cursor.com", "*.cursor.sh"],
    env: ["CURSOR_API_KEY"],
    writable: ["~/.cursor/", "~/.config/cursor/", "~/.cache/cursor-compile-cache/"],
    protected: ["~/.cursor/mcp.json", "~/.cursor/hooks.json", "~/.cursor/commands/", "~/.cursor/rules/"],
    credentials: ["~/.config/cursor/auth.json"],
    settings: "~/.cursor/cli-config.json",
    installHint: "curl https://cursor.com/install -fsS | bash",
  },
  {
    ...NOTHING,
    name: "gemini",
    title: "Gemini CLI",
    command: ["gemini"],
    skipPermissionArgs: ["--yolo"],
    domains: [
      "generativelanguage.googleapis.com",
      "cloudcode-pa.googleapis.com",
      "oauth2.googleapis.com",
      "accounts.google.com",
    ],
    env: ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_CLOUD_PROJECT"],
    writable: ["~/.gemini/"],
    protected: ["~/.gemini/commands/", "~/.gemini/extensions/"],
    credentials: ["~/.gemini/oauth_creds.json", "~/.gemini/.env"],
    settings: "~/.gemini/settings.json",
    installHint: "npm install -g @google/gemini-cli",
  },
  {
    ...NOTHING,
    name: "ollama",
    title: "Ollama",
    command: ["ollama", "run", "llama3.2"],
    // The server runs on the host, outside; the egg reaches it on its own 127.0.0.1.
    hostPorts: [11434],
    writable: ["~/.ollama/history"],
    credentials: ["~/.ollama/id_ed25519"],
    installHint: "curl -fsSL https://ollama.com/install.sh | sh",
  },
  {
    ...NOTHING,
    name: "opencode",
    title: "opencode",
    command: ["opencode"],
    domains: [
      "opencode.ai",
      "*.opencode.ai",
      "models.dev",
      "api.anthropic.com",
      "api.openai.com",
      "auth.openai.com",
      "chatgpt.com",
      "generativelanguage.googleapis.com",
    ],
    env: ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY", "OPENCODE_API_KEY"],
    writable: ["~/.local/share/opencode/", "~/.local/state/opencode/", "~/.cache/opencode/"],
    // It makes this folder when it starts and fails when it cannot, so the folder must be there.
    protected: ["~/.config/opencode/"],
    credentials: ["~/.local/share/opencode/auth.json"],
    settings: "~/.config/opencode/opencode.json",
    installHint: "npm install -g opencode-ai",
  },
  {
    ...NOTHING,
    name: "shell",
    title: "Shell",
    command: [],
    installHint: "chsh -s /bin/bash",
  },
];

/** The profile with exactly this name. */
export function findAgentProfile(name: string): AgentProfile | undefined {
  return AGENT_PROFILES.find((profile) => profile.name === name);
}

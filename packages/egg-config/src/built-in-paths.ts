/**
 * What nobody's agent needs to see in a home folder: credentials, keys, the memory of shells, browsers and mail.
 * Paths that do not exist cost nothing. `~/.ssh/known_hosts` stays readable, see `READABLE_IN_DENIED`.
 */
export const DENIED_IN_HOME: readonly string[] = [
  // Keys and passwords.
  ".ssh .gnupg .age .minisign .config/sops .password-store .local/share/keyrings .gnome2/keyrings .local/share/kwalletd",
  ".config/op .op .config/1Password .config/Bitwarden .config/keepassxc .vault-token .netrc _netrc .authinfo .authinfo.gpg",
  ".Xauthority .ICEauthority .local/share/pki .pki",
  // Clouds and clusters.
  ".aws .azure .config/gcloud .boto .config/doctl .config/hcloud .config/scw .config/linode-cli .oci .bluemix .aliyun",
  ".kube .config/helm .docker .config/containers .terraform.d .terraformrc .pulumi .config/rclone .s3cfg .databrickscfg",
  ".fly .config/flyctl .netlify .config/netlify .local/share/com.vercel.cli .config/heroku .cloudflared .config/.wrangler",
  ".ngrok2 .config/ngrok .config/stripe .config/wandb .kaggle .cache/huggingface/token .huggingface",
  // Forges and package registries.
  ".git-credentials .config/git/credentials .config/gh .config/glab-cli .config/hub .config/tea .npmrc .yarnrc .yarnrc.yml",
  ".pypirc .config/pip .pip .cargo/credentials .cargo/credentials.toml .gem/credentials .bundle/config .composer/auth.json",
  ".config/composer/auth.json .m2/settings.xml .m2/settings-security.xml .gradle/gradle.properties .nuget .config/NuGet .hex",
  // Databases.
  ".pgpass .my.cnf .mylogin.cnf .mongorc.js .mongodb .dbeaver .local/share/DBeaverData .config/rediscli",
  // What was typed.
  ".bash_history .bash_sessions .zsh_history .zsh_sessions .zhistory .histfile .ash_history .sh_history .history",
  ".local/share/fish/fish_history .config/nushell/history.txt .local/share/nushell .local/share/powershell",
  ".python_history .node_repl_history .ts_node_repl_history .irb_history .pry_history .psql_history .mysql_history",
  ".sqlite_history .rediscli_history .dbshell .Rhistory .lesshst .viminfo .local/share/nvim/shada .local/state/nvim/shada",
  ".local/share/atuin .local/share/mcfly .wget-hsts",
  // Browsers, mail, messages.
  ".mozilla .cache/mozilla .config/google-chrome .cache/google-chrome .config/chromium .cache/chromium .config/BraveSoftware",
  ".cache/BraveSoftware .config/microsoft-edge .cache/microsoft-edge .config/vivaldi .config/opera .librewolf .zen",
  ".config/Code/User/globalStorage .config/Cursor/User/globalStorage .vscode-server/data .config/JetBrains",
  ".thunderbird .config/evolution .local/share/evolution .mutt .muttrc .config/mutt .msmtprc .config/msmtp .fetchmailrc .mbsyncrc",
  ".config/Signal .config/Slack .config/discord .config/Element .local/share/TelegramDesktop .config/filezilla .remmina",
  ".local/share/remmina .var/app snap/firefox snap/chromium .local/share/Trash",
  // Money.
  ".bitcoin .ethereum .electrum .config/solana .monero",
].flatMap((line) => line.split(" "));

/** What stays readable inside a denied folder: ssh verifies hosts with it, and it holds no secret. */
export const READABLE_IN_DENIED: readonly string[] = [".ssh/known_hosts"];

/** Files of a project that hold its secrets by convention; `.env.example` and its like hold none. */
export const DENIED_IN_PROJECT: readonly string[] = [
  ".env",
  ".env.local",
  ".env.development",
  ".env.development.local",
  ".env.test.local",
  ".env.staging",
  ".env.production",
  ".env.production.local",
];

/** What an editor, a shell or an agent on the host runs by itself when it sees the folder. */
export const READ_ONLY_IN_PROJECT: readonly string[] = [
  ".envrc",
  ".vscode",
  ".idea",
  ".devcontainer",
  ".husky",
  ".mcp.json",
  ".claude/settings.json",
  ".cursor/mcp.json",
  ".gemini/settings.json",
  ".codex/config.toml",
];

/** Variables that every program needs and that hold no secret; the CA files make TLS work behind an inspecting proxy. */
export const BUILT_IN_ENV: readonly string[] = [
  "HOME",
  "PATH",
  "TERM",
  "COLORTERM",
  "LANG",
  "LANGUAGE",
  "LC_ALL",
  "LC_CTYPE",
  "TZ",
  "USER",
  "LOGNAME",
  "SHELL",
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
  "GIT_SSL_CAINFO",
];

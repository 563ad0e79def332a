/** Import boundaries: who may know whom. ARCHITECTURE.md draws the same arrows. */

// swc parses `using`, but the visitor it ships throws on it; without this no file that owns something could be read.
const { Visitor } = require("@swc/core/Visitor.js");
const visitStatement = Visitor.prototype.visitStatement;
Visitor.prototype.visitStatement = function visit(statement) {
  if (statement.type !== "UsingDeclaration") return visitStatement.call(this, statement);
  statement.decls = this.visitVariableDeclarators(statement.decls);
  return statement;
};

const service = "^services/([^/]+)/";

/** A package that only the listed trees may import; a tree may always import itself. */
const onlyFor = (name, to, allowed, why) => ({
  name,
  comment: why,
  severity: "error",
  from: { path: "^(packages|services|clients|test|bench|scripts)/", pathNot: [to, ...allowed] },
  to: { path: to },
});

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      comment: "A cycle has no first file to read.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "resolvable",
      comment: "An import that cannot be resolved hides every other breach.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "service-knows-no-service",
      comment: "Services meet only in protobuf.",
      severity: "error",
      from: { path: service },
      to: { path: service, pathNot: "^services/$1/" },
    },
    {
      name: "packages-know-no-service",
      comment: "Packages are below services.",
      severity: "error",
      from: { path: "^packages/", pathNot: "^packages/testkit/" },
      to: { path: "^(services|clients)/" },
    },
    {
      name: "only-wt-composes-services",
      comment: "clients/wt is the composition root.",
      severity: "error",
      from: { path: "^(clients|test|bench)/", pathNot: "^clients/wt/" },
      to: { path: "^services/" },
    },
    {
      name: "wt-sees-only-app",
      comment: "The app.ts of a service is its public face.",
      severity: "error",
      from: { path: "^clients/wt/" },
      to: { path: "^services/[^/]+/src/", pathNot: "^services/[^/]+/src/app\\.ts$" },
    },
    {
      name: "contracts-stand-alone",
      comment: "Everything stands on the contracts.",
      severity: "error",
      from: { path: "^packages/contracts/" },
      to: { path: "^packages/", pathNot: "^packages/contracts/" },
    },
    {
      name: "sealed-channel-knows-only-contracts",
      comment: "The cipher has no friends.",
      severity: "error",
      from: { path: "^packages/sealed-channel/" },
      to: { path: "^packages/", pathNot: "^packages/(sealed-channel|contracts)/" },
    },
    {
      name: "tunnel-knows-channel-and-contracts",
      comment: "The tunnel runs over any pipe.",
      severity: "error",
      from: { path: "^packages/tunnel/" },
      to: { path: "^packages/", pathNot: "^packages/(tunnel|sealed-channel|contracts)/" },
    },
    {
      name: "attached-session-knows-only-contracts",
      comment: "A viewer knows no transport and no terminal.",
      severity: "error",
      from: { path: "^packages/attached-session/" },
      to: { path: "^packages/", pathNot: "^packages/(attached-session|contracts)/" },
    },
    {
      name: "egg-config-knows-only-contracts",
      comment: "Policy is pure.",
      severity: "error",
      from: { path: "^packages/egg-config/" },
      to: { path: "^packages/", pathNot: "^packages/(egg-config|contracts)/" },
    },
    {
      name: "egg-config-touches-nothing",
      comment: "Policy is pure: the same code runs in the browser.",
      severity: "error",
      from: { path: "^packages/egg-config/", pathNot: "\\.test\\.ts$" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "sealed-channel-touches-nothing",
      comment: "The same code runs in the browser.",
      severity: "error",
      from: { path: "^packages/sealed-channel/", pathNot: "(\\.test\\.ts$|/testing/)" },
      to: { dependencyTypes: ["core"] },
    },
    onlyFor(
      "channel-is-not-for-the-roost",
      "^packages/(sealed-channel|tunnel)/",
      ["^services/wing/", "^clients/(web|wt)/", "^packages/(tunnel|testkit)/", "^test/", "^bench/"],
      "The roost must not be able to read.",
    ),
    onlyFor(
      "who-resolves-egg-config",
      "^packages/egg-config/",
      ["^services/(wing|egg)/", "^clients/(web|wt)/", "^packages/testkit/", "^test/"],
      "Policy is for those who hold or show it.",
    ),
    onlyFor(
      "who-reads-access-tokens",
      "^packages/access-token/",
      ["^services/(roost-auth|roost-relay|wing)/", "^clients/wt/", "^packages/testkit/", "^test/"],
      "Identity ends at the wing.",
    ),
    onlyFor(
      "only-auth-issues-tokens",
      "^packages/access-token/src/issue\\.ts$",
      ["^packages/access-token/", "^services/roost-auth/", "\\.test\\.ts$", "^test/"],
      "One issuer.",
    ),
    {
      name: "domain-knows-no-rpc",
      comment: "rpc/ is the thin edge; domain folders do not know it.",
      severity: "error",
      from: { path: "^services/[^/]+/src/(?!rpc/)[^/]+/", pathNot: "(\\.test\\.ts$|/testing/)" },
      to: { path: "^services/[^/]+/src/rpc/" },
    },
    {
      name: "code-knows-no-testkit",
      comment: "Nothing that ships knows a test.",
      severity: "error",
      from: {
        path: "^(packages|services|clients)/",
        pathNot: "(\\.test\\.tsx?$|\\.escape\\.test\\.ts$|/testing/|^packages/testkit/)",
      },
      to: { path: "(^packages/testkit/|/src/testing/|\\.test\\.tsx?$)" },
    },
    {
      name: "web-knows-no-node",
      comment: "The browser has no node: modules.",
      severity: "error",
      from: { path: "^clients/web/src/", pathNot: "\\.test\\.tsx?$" },
      to: { dependencyTypes: ["core"] },
    },
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|src/gen)/" },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "node", "default"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json"],
    },
  },
};

import type { z } from "zod";

/** One variable that is not as it should be. */
export interface EnvironmentProblem {
  readonly variable: string;
  readonly found: string;
  readonly wanted: string;
}

/** The environment does not describe a service that can start; every problem is named at once. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
  readonly problems: readonly EnvironmentProblem[];
  constructor(problems: readonly EnvironmentProblem[]) {
    const lines = problems.map(({ variable, found, wanted }) => `  ${variable}: found ${found}, wanted ${wanted}`);
    super(`The environment has ${problems.length} problem(s):\n${lines.join("\n")}`);
    this.problems = problems;
  }
}

const SECRET_VARIABLE = /TOKEN|SECRET|KEY|PASSWORD|DATABASE_URL|SMTP_URL/;
const MAX_QUOTED_CHARS = 60;

/**
 * Reads the variables of a schema. An empty one counts as unset. `.describe()` a variable to say in words what is
 * wanted. Throws EnvironmentError.
 */
export function readEnvironment<S extends z.ZodObject>(
  schema: S,
  environment: Readonly<Record<string, string | undefined>>,
): z.output<S> {
  const names = Object.keys(schema.shape);
  const set = names.filter((name) => (environment[name] ?? "") !== "");
  const result = schema.safeParse(Object.fromEntries(set.map((name) => [name, environment[name]])));
  if (result.success) return result.data;
  throw new EnvironmentError(
    result.error.issues.map((issue) => {
      const variable = String(issue.path[0] ?? "");
      const description = schema.shape[variable] as { description?: string } | undefined;
      return {
        variable,
        found: foundText(variable, environment[variable]),
        wanted: description?.description ?? issue.message,
      };
    }),
  );
}

function foundText(variable: string, value: string | undefined): string {
  if (value === undefined || value === "") return "nothing";
  if (SECRET_VARIABLE.test(variable)) return `${value.length} characters that are not shown`;
  return JSON.stringify(value.slice(0, MAX_QUOTED_CHARS));
}

/** Names of fields whose text never reaches a log. */
const SECRET_NAME = /token|ticket|secret|passw|credential|authorization|cookie|private_?key|^key$/i;
/** JSON Web Tokens and device credentials, wherever they stand. */
const SECRET_TEXT = /\beyJ[\w-]+\.[\w-]+\.[\w-]*|\bwtd_[\w-]+/g;
/** Fields of fields of fields: deeper is not a log line. */
const MAX_DEPTH = 4;
const REDACTED = "[redacted]";

/** Text without the secrets that can be known by their shape. */
export function redactText(text: string): string {
  return text.replace(SECRET_TEXT, REDACTED);
}

/** A field as it may be written: secrets gone, bytes as their number, errors as name, message, stack and cause. */
export function redactField(name: string, value: unknown, depth = 0): unknown {
  if (value === null || ["boolean", "number", "undefined"].includes(typeof value)) return value;
  if (SECRET_NAME.test(name)) return REDACTED;
  if (typeof value === "string") return redactText(value);
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "object") return `a ${typeof value}`;
  if (depth >= MAX_DEPTH) return "…";
  if (value instanceof Error) return errorFields(value, depth);
  if (Array.isArray(value)) return value.map((item) => redactField(name, item, depth + 1));
  return redactFields(value, depth + 1);
}

/** All fields of an object. */
export function redactFields(fields: object, depth = 0): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, redactField(name, value, depth)]));
}

function errorFields(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack = "", cause } = error;
  const fields = { name, message: redactText(message), stack: redactText(stack) };
  return cause === undefined ? fields : { ...fields, cause: redactField("cause", cause, depth + 1) };
}

import type { RelayClaims } from "@wingthing/access-token/claims";
import { BadSignatureError } from "@wingthing/access-token/token-error";
import { parseUserId, parseWingId, type WingId } from "@wingthing/contracts/ids";

/** Who a test says it is; stands for a signed token. */
export interface TestIdentity {
  /** A name; made into a user id. */
  readonly sub: string;
  readonly wing?: WingId;
  readonly groups: readonly string[];
}

/** A user id that begins with a readable name. */
export const userId = (name: string) => parseUserId(`u${name.padEnd(20, "a")}`);
/** A wing id that begins with a readable name. */
export const wingId = (name: string) => parseWingId(`w${name.padEnd(20, "a")}`);

/** A person, in their own group and in the orgs named. */
export const person = (name: string, ...orgs: string[]): TestIdentity => ({
  sub: name,
  groups: [`user:${name}`, ...orgs],
});
/** A wing of a person. */
export const wingOf = (name: string, wing: string, ...orgs: string[]): TestIdentity => ({
  ...person(name, ...orgs),
  wing: wingId(wing),
});

/** The token that the test relay takes for this identity. */
export const tokenOf = (identity: TestIdentity): string => JSON.stringify(identity);

/** What `verifyToken` of a test relay does: refuses whatever is not of `tokenOf`. */
export async function verifyTestToken(token: string): Promise<RelayClaims> {
  if (!token.startsWith("{")) throw new BadSignatureError("The token is not signed by this roost.");
  const { sub, groups, wing } = JSON.parse(token) as TestIdentity;
  return { sub: userId(sub), groups: [...groups], wing, aud: "relay", iat: 0, exp: 2 ** 31 };
}

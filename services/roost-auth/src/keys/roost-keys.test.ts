import { execFileSync } from "node:child_process";
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTokenIssuer } from "@wingthing/access-token/issue";
import { keysFromJwks } from "@wingthing/access-token/published-keys";
import { createVerifier } from "@wingthing/access-token/verify";
import { parseUserId } from "@wingthing/contracts/ids";
import { silentLog } from "@wingthing/service-runtime/log";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadRoostKeys, type RoostKeys } from "./roost-keys.ts";
import { newSigningKeyText, parseSigningKey, SigningKeyError } from "./signing-key-text.ts";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "wt-keys-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const load = (signingKey?: string) => loadRoostKeys({ dataDir, signingKey, log: silentLog });
const userId = parseUserId("uaaaaaaaaaaaaaaaaaaaa");

async function tokenOf(keys: RoostKeys): Promise<string> {
  return (await createTokenIssuer({ key: keys.signing }).issueRelayToken({ userId, groups: [] })).token;
}

const accepts = (keys: RoostKeys, token: string) =>
  createVerifier(keysFromJwks(keys.published)).verifyRelayToken(token);

describe("the signing key", () => {
  test("is made on the first start, for its owner only, and is the same on the next", async () => {
    const first = await load();
    expect(statSync(join(dataDir, "jwt-key.pem")).mode & 0o777).toBe(0o600);
    const second = await load();
    expect(second.published).toEqual(first.published);
    await expect(accepts(second, await tokenOf(first))).resolves.toMatchObject({ sub: userId });
  });

  test("is one key when several start at once", async () => {
    const kids = (await Promise.all(Array.from({ length: 10 }, () => load()))).map(({ signing }) => signing.kid);
    expect(new Set(kids).size).toBe(1);
  });

  test("is never published, nor is anything beside the public half", async () => {
    const { published } = await load();
    expect(Object.keys(published.keys[0]!).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x", "y"]);
  });

  test("cannot be taken out of the process again", async () => {
    expect((await load()).signing.privateKey.extractable).toBe(false);
  });

  test("that others may read is taken from them", async () => {
    await load();
    chmodSync(join(dataDir, "jwt-key.pem"), 0o644);
    await load();
    expect(statSync(join(dataDir, "jwt-key.pem")).mode & 0o777).toBe(0o600);
  });

  test("that is damaged is not replaced in silence", async () => {
    writeFileSync(join(dataDir, "jwt-key.pem"), "-----BEGIN");
    await expect(load()).rejects.toThrow(SigningKeyError);
    expect(readFileSync(join(dataDir, "jwt-key.pem"), "utf8")).toBe("-----BEGIN");
  });

  test("that is retired still proves its tokens, until its file goes", async () => {
    const old = await load();
    const token = await tokenOf(old);
    renameSync(join(dataDir, "jwt-key.pem"), join(dataDir, "jwt-key.2025.pem"));
    const next = await load();
    expect(next.signing.kid).not.toBe(old.signing.kid);
    expect(next.published.keys.map(({ kid }) => kid)).toEqual([next.signing.kid, old.signing.kid]);
    await expect(accepts(next, token)).resolves.toMatchObject({ sub: userId });
    rmSync(join(dataDir, "jwt-key.2025.pem"));
    await expect(accepts(await load(), token)).rejects.toThrow();
  });

  test("from WT_JWT_KEY signs, and no file is made", async () => {
    const keys = await load(newSigningKeyText());
    await expect(accepts(keys, await tokenOf(keys))).resolves.toBeDefined();
    expect(() => statSync(join(dataDir, "jwt-key.pem"))).toThrow("ENOENT");
  });
});

describe("the text of a key", () => {
  const pkcs8 = newSigningKeyText();
  const key = createPrivateKey(pkcs8);
  const der = (type: "pkcs8" | "sec1") => key.export({ type, format: "der" }).toString("base64");
  const pem = (curve: string) =>
    generateKeyPairSync("ec", { namedCurve: curve }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();

  test.each([
    { what: "PKCS#8 PEM", text: pkcs8 },
    { what: "SEC 1 PEM", text: key.export({ type: "sec1", format: "pem" }).toString() },
    { what: "PKCS#8 DER in base64", text: der("pkcs8") },
    { what: "SEC 1 DER in base64", text: der("sec1") },
    { what: "with white space around", text: `\n ${pkcs8} \n` },
  ])("is read: $what", ({ text }) => {
    expect(parseSigningKey(text, "WT_JWT_KEY").equals(key)).toBe(true);
  });

  test("is read as openssl makes it", () => {
    const made = execFileSync("openssl", ["ecparam", "-name", "prime256v1", "-genkey", "-noout"], { encoding: "utf8" });
    expect(parseSigningKey(made, "WT_JWT_KEY").asymmetricKeyType).toBe("ec");
  });

  test.each([
    { what: "nothing", text: "" },
    { what: "a word", text: "hunter2" },
    { what: "another curve", text: pem("secp384r1") },
    { what: "the curve of bitcoin", text: pem("secp256k1") },
    {
      what: "RSA",
      text: generateKeyPairSync("rsa", { modulusLength: 1024 })
        .privateKey.export({ type: "pkcs8", format: "pem" })
        .toString(),
    },
    {
      what: "a public key",
      text: generateKeyPairSync("ec", { namedCurve: "prime256v1" })
        .publicKey.export({ type: "spki", format: "pem" })
        .toString(),
    },
  ])("is refused without being quoted: $what", ({ text }) => {
    const parse = () => parseSigningKey(text, "WT_JWT_KEY");
    expect(parse).toThrow(SigningKeyError);
    expect(parse).toThrow(/^WT_JWT_KEY is not a private ES256 key/);
    if (text !== "") expect(parse).not.toThrow(text);
  });
});

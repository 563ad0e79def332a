import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { publicKeyOf } from "@wingthing/sealed-channel/key-pair";
import { expect, test } from "vitest";
import { makeTempHome } from "../testing/temp-home.ts";
import { InsecureModeError, UnusableFileError } from "./private-file.ts";
import { StateDir } from "./state-dir.ts";
import { loadWingIdentity } from "./wing-identity.ts";

const random = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes);

test("the first start makes id and key, and every later one reads the same", async () => {
  await using home = await makeTempHome();
  const dir = await StateDir.open(home.stateDir);
  const first = await loadWingIdentity(dir, random);
  expect(first.wingId).toMatch(/^w[a-z2-7]{20}$/);
  expect(first.keyPair.publicKey).toEqual(publicKeyOf(first.keyPair.secretKey));
  expect((await stat(dir.wingKey)).mode & 0o777).toBe(0o600);
  expect(await loadWingIdentity(dir, random)).toEqual(first);
});

test("a key that others may read is refused with the chmod to run", async () => {
  await using home = await makeTempHome();
  const dir = await StateDir.open(home.stateDir);
  await loadWingIdentity(dir, random);
  await chmod(dir.wingKey, 0o644);
  await expect(loadWingIdentity(dir, random)).rejects.toThrow(InsecureModeError);
  await expect(loadWingIdentity(dir, random)).rejects.toThrow(`chmod 0600 ${dir.wingKey}`);
});

test.each(["", "zz", "0".repeat(63), "0".repeat(65)])("a damaged key %j is refused and kept as it is", async (text) => {
  await using home = await makeTempHome();
  const dir = await StateDir.open(home.stateDir);
  await writeFile(dir.wingKey, text, { mode: 0o600 });
  await expect(loadWingIdentity(dir, random)).rejects.toThrow(UnusableFileError);
  expect(await readFile(dir.wingKey, "utf8")).toBe(text);
});

test("a damaged id is refused", async () => {
  await using home = await makeTempHome();
  const dir = await StateDir.open(home.stateDir);
  await writeFile(dir.wingId, "wing-1");
  await expect(loadWingIdentity(dir, random)).rejects.toThrow("holds something else than a wing id");
});

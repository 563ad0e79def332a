import { newWingId, parseWingId, type RandomSource, type WingId } from "@wingthing/contracts/ids";
import { generateKeyPair, type KeyPair, publicKeyOf } from "@wingthing/sealed-channel/key-pair";
import { readPlainFile, UnusableFileError, writePrivateFile } from "./private-file.ts";

/** Both files hold one short line. */
const MAX_FILE_BYTES = 256;
/** An X25519 secret key, in hexadecimal digits. */
const SECRET_KEY_PATTERN = /^[0-9a-f]{64}$/;

/** Who a wing is: its name towards the roost and the key that browsers pin. */
export interface WingIdentity {
  readonly wingId: WingId;
  readonly keyPair: KeyPair;
}

/** Where the identity is kept. */
export interface IdentityFiles {
  readonly wingId: string;
  readonly wingKey: string;
}

/**
 * Reads the wing's id and key; makes on the first start what is missing.
 * @throws InsecureModeError, ForeignOwnerError or UnusableFileError; a damaged file is never replaced silently, for
 * browsers would then see a stranger's key.
 */
export async function loadWingIdentity(files: IdentityFiles, random: RandomSource): Promise<WingIdentity> {
  return { wingId: await loadWingId(files.wingId, random), keyPair: await loadKeyPair(files.wingKey, random) };
}

async function loadWingId(path: string, random: RandomSource): Promise<WingId> {
  const text = await readPlainFile(path, { maxBytes: MAX_FILE_BYTES });
  if (text === undefined) {
    const made = newWingId(random);
    await writePrivateFile(path, `${made}\n`);
    return made;
  }
  try {
    return parseWingId(text.trim());
  } catch (cause) {
    throw new UnusableFileError(path, `${said(cause)}: put it back from a copy, or delete it to become a new wing`);
  }
}

async function loadKeyPair(path: string, random: RandomSource): Promise<KeyPair> {
  const text = await readPlainFile(path, { maxBytes: MAX_FILE_BYTES, private: true });
  if (text === undefined) {
    const made = generateKeyPair(random);
    await writePrivateFile(path, `${Buffer.from(made.secretKey).toString("hex")}\n`);
    return made;
  }
  if (!SECRET_KEY_PATTERN.test(text.trim())) {
    throw new UnusableFileError(
      path,
      "does not hold 64 hexadecimal digits: put it back from a copy, or delete it; every browser will then warn once that the wing's key changed",
    );
  }
  const secretKey = new Uint8Array(Buffer.from(text.trim(), "hex"));
  return { secretKey, publicKey: publicKeyOf(secretKey) };
}

function said(error: unknown): string {
  return error instanceof Error ? `holds something else than a wing id (${error.message})` : "holds something else";
}

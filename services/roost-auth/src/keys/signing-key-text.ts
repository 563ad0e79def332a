import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";

/** The text is not a private key that can sign our tokens. It never quotes the text. */
export class SigningKeyError extends Error {
  override readonly name = "SigningKeyError";
  constructor(source: string, options?: ErrorOptions) {
    super(
      `${source} is not a private ES256 key. Wanted: an EC key on P-256, as PEM or base64 of DER (PKCS#8 or SEC 1). ` +
        "Make one with: openssl ecparam -name prime256v1 -genkey -noout",
      options,
    );
  }
}

/** Makes a key and gives it as PEM. */
export function newSigningKeyText(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/** Reads a key; `source` names it in the error. Throws SigningKeyError. */
export function parseSigningKey(text: string, source: string): KeyObject {
  for (const parse of [fromPem, fromDer("pkcs8"), fromDer("sec1")]) {
    const key = parse(text.trim());
    if (key?.asymmetricKeyDetails?.namedCurve === "prime256v1") return key;
  }
  throw new SigningKeyError(source);
}

function fromPem(text: string): KeyObject | undefined {
  return attempt(() => createPrivateKey({ key: text, format: "pem" }));
}

function fromDer(type: "pkcs8" | "sec1"): (text: string) => KeyObject | undefined {
  return (text) => attempt(() => createPrivateKey({ key: Buffer.from(text, "base64"), format: "der", type }));
}

/** A text in another of the forms is no error yet. */
function attempt(parse: () => KeyObject): KeyObject | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

/** The public half. */
export function publicHalf(key: KeyObject): KeyObject {
  return createPublicKey(key);
}

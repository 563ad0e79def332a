import { createCipheriv, createHash, createPrivateKey, createPublicKey, diffieHellman, hkdfSync } from "node:crypto";
import { expect, test } from "vitest";
import { prologueFor } from "./handshake.ts";
import { kemDecapsulate, kemKeyPair } from "./noise/primitives.ts";
import { computeOwnVectors, freshInputs, readOwnVectors } from "./testing/own-vectors.ts";
import { hex, toHex } from "./testing/public-vectors.ts";

test("the committed vectors are what the channel puts on the wire", async () => {
  expect(await computeOwnVectors(freshInputs())).toEqual(readOwnVectors());
});

/** The hybrid handshake once more, line by line from the specification, with Node's own primitives. */
class ByHand {
  ck: Buffer;
  h: Buffer;
  k: Buffer = Buffer.alloc(0);
  n = 0;

  constructor(protocol: string) {
    this.h = createHash("sha256").update(protocol).digest();
    this.ck = this.h;
  }

  mixHash(data: Uint8Array): void {
    this.h = createHash("sha256").update(this.h).update(data).digest();
  }

  mixKey(secret: Uint8Array): void {
    [this.ck, this.k] = this.expand(secret);
    this.n = 0;
  }

  expand(secret: Uint8Array): [Buffer, Buffer] {
    const okm = Buffer.from(hkdfSync("sha256", secret, this.ck, "", 64));
    return [okm.subarray(0, 32), okm.subarray(32)];
  }

  encrypt(plaintext: Uint8Array): string {
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE(this.n, 8);
    this.n += 1;
    const cipher = createCipheriv("aes-256-gcm", this.k, nonce).setAAD(this.h);
    const sealed = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
    this.mixHash(sealed);
    return sealed.toString("hex");
  }
}

const PKCS8_X25519 = "302e020100300506032b656e04220420";
const SPKI_X25519 = "302a300506032b656e032100";

function privateKey(secret: string) {
  return createPrivateKey({ key: Buffer.from(PKCS8_X25519 + secret, "hex"), format: "der", type: "pkcs8" });
}

function rawPublic(secret: string): Buffer {
  return createPublicKey(privateKey(secret)).export({ format: "der", type: "spki" }).subarray(-32);
}

function dh(secret: string, publicKey: Buffer): Buffer {
  const key = createPublicKey({ key: Buffer.concat([hex(SPKI_X25519), publicKey]), format: "der", type: "spki" });
  return diffieHellman({ privateKey: privateKey(secret), publicKey: key });
}

/** Version 1 and the abilities, in protobuf. */
function hello(abilities: readonly string[]): Buffer {
  const named = abilities.flatMap((name) => [Buffer.from([0x12, name.length]), Buffer.from(name)]);
  return Buffer.concat([Buffer.from([0x08, 1]), ...named]);
}

test("the hybrid handshake is the specification's, computed a second time with other primitives", () => {
  const { handshake: v } = readOwnVectors();
  const wingKey = rawPublic(v.wingSecretKey);
  const [e, re] = [rawPublic(v.initiatorEphemeralSecret), rawPublic(v.responderEphemeralSecret)];
  const kem = kemKeyPair(hex(v.initiatorKemSeed));
  const ciphertext = hex(v.messages[1]).subarray(32);

  const s = new ByHand("Noise_NKhfs_25519+MLKEM768_AESGCM_SHA256");
  s.mixHash(prologueFor(v.wingId));
  s.mixHash(wingKey);
  s.mixHash(e);
  s.mixKey(dh(v.initiatorEphemeralSecret, wingKey));
  const opening = e.toString("hex") + s.encrypt(kem.publicKey) + s.encrypt(hello(v.initiatorAbilities));
  expect(opening).toBe(v.messages[0]);

  s.mixHash(re);
  s.mixKey(dh(v.responderEphemeralSecret, e));
  const kemCiphertext = openUnder(s, ciphertext.subarray(0, 1088));
  const answer = re.toString("hex") + s.encrypt(kemCiphertext);
  s.mixKey(kemDecapsulate(kemCiphertext, kem.secretKey));
  expect(answer + s.encrypt(hello(v.responderAbilities))).toBe(v.messages[1]);
  expect(s.h.toString("hex")).toBe(v.handshakeHash);
  expect(createHash("sha256").update(e).digest("hex")).toBe(v.channelBinding);
});

/** Counter mode is its own inverse; `encrypt` of what this yields must then give the same ciphertext and tag. */
function openUnder(s: ByHand, ciphertext: Uint8Array): Uint8Array {
  return createCipheriv("aes-256-gcm", s.k, Buffer.alloc(12)).update(ciphertext);
}

test("the prologue tells protocol, label and wing apart by their lengths", () => {
  expect(Buffer.from(prologueFor("w1")).toString("latin1")).toBe(
    "\0\x28Noise_NKhfs_25519+MLKEM768_AESGCM_SHA256\0\x13wingthing channel 1\0\x02w1",
  );
  expect(toHex(prologueFor("ab"))).not.toBe(toHex(prologueFor("a")));
});

import { describe, expect, test } from "vitest";
import type { AeadFactory } from "../aead.ts";
import { nobleAead } from "../noble-aead.ts";
import { scriptedRandom } from "../testing/fixed-random.ts";
import { nodeAead } from "../testing/node-aead.ts";
import { hasPublicVectors, hex, readPublicVectors, toHex } from "../testing/public-vectors.ts";
import { webCryptoAead } from "../webcrypto-aead.ts";
import { NOISE_NK } from "./handshake-protocol.ts";
import { HandshakeState } from "./handshake-state.ts";
import { dhPublicKey } from "./primitives.ts";

const FILE = "noise_nk_25519_aesgcm_sha256.json";
const NO_DATA = new Uint8Array(0);
const CIPHERS: readonly (readonly [string, AeadFactory])[] = [
  ["noble", nobleAead],
  ["WebCrypto", webCryptoAead],
  ["Node", nodeAead],
];

interface NoiseVector {
  readonly protocol_name: string;
  readonly init_prologue: string;
  readonly init_ephemeral: string;
  readonly init_remote_static: string;
  readonly resp_static: string;
  readonly resp_ephemeral: string;
  readonly messages: readonly { readonly payload: string; readonly ciphertext: string }[];
}

function bothStates(vector: NoiseVector, aead: AeadFactory): [HandshakeState, HandshakeState] {
  const shared = { protocol: NOISE_NK, prologue: hex(vector.init_prologue), aead };
  const secretKey = hex(vector.resp_static);
  return [
    new HandshakeState("initiator", {
      ...shared,
      random: scriptedRandom([hex(vector.init_ephemeral)]),
      responderStatic: { publicKey: hex(vector.init_remote_static) },
    }),
    new HandshakeState("responder", {
      ...shared,
      random: scriptedRandom([hex(vector.resp_ephemeral)]),
      responderStatic: { publicKey: dhPublicKey(secretKey), secretKey },
    }),
  ];
}

describe.skipIf(!hasPublicVectors(FILE))("the published vectors of Noise NK", () => {
  test.each(CIPHERS)("are met byte for byte with the cipher of %s", async (_name, aead) => {
    const { vectors } = readPublicVectors<{ vectors: NoiseVector[] }>(FILE);
    expect(vectors.length).toBeGreaterThan(0);
    for (const vector of vectors) {
      expect(vector.protocol_name).toBe(NOISE_NK.name);
      const [initiator, responder] = bothStates(vector, aead);
      const [opening, answer, ...transport] = vector.messages;
      expect(toHex(await initiator.writeMessage(hex(opening!.payload)))).toBe(opening!.ciphertext);
      expect(toHex(await responder.readMessage(hex(opening!.ciphertext)))).toBe(opening!.payload);
      expect(toHex(await responder.writeMessage(hex(answer!.payload)))).toBe(answer!.ciphertext);
      expect(toHex(await initiator.readMessage(hex(answer!.ciphertext)))).toBe(answer!.payload);
      expect(toHex(initiator.hash)).toBe(toHex(responder.hash));
      const ends = [initiator.split(), responder.split()] as const;
      for (const [index, { payload, ciphertext }] of transport.entries()) {
        const direction = index % 2 === 0 ? "fromInitiator" : "fromResponder";
        const [sender, receiver] = index % 2 === 0 ? ends : [ends[1], ends[0]];
        expect(toHex(await sender[direction].seal(NO_DATA, hex(payload)))).toBe(ciphertext);
        expect(toHex(await receiver[direction].open(NO_DATA, hex(ciphertext)))).toBe(payload);
      }
    }
  });
});

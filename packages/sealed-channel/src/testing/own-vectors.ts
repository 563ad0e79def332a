import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { generateKeyPair } from "../key-pair.ts";
import { acceptSealedChannel, openSealedChannel } from "../sealed-channel.ts";
import { ChannelEar, TEST_WING_ID } from "./channel-pair.ts";
import { fixedRandom, scriptedRandom } from "./fixed-random.ts";
import { nodeAead } from "./node-aead.ts";
import { hex, toHex } from "./public-vectors.ts";
import { TappedPipe } from "./tapped-pipe.ts";

/** A whole handshake; every byte string is hexadecimal. */
export interface HandshakeVector {
  readonly wingId: string;
  readonly wingSecretKey: string;
  readonly initiatorEphemeralSecret: string;
  readonly initiatorKemSeed: string;
  readonly responderEphemeralSecret: string;
  readonly responderEncapsulationSeed: string;
  readonly initiatorAbilities: readonly string[];
  readonly responderAbilities: readonly string[];
  readonly messages: readonly [string, string];
  readonly handshakeHash: string;
  readonly channelBinding: string;
}

/** Records after that handshake, whose key changes after `rekeyAfterRecords`. */
export interface RecordsVector {
  readonly rekeyAfterRecords: number;
  readonly toWing: readonly { readonly plaintext: string; readonly record: string }[];
  readonly toBrowser: readonly { readonly plaintext: string; readonly record: string }[];
}

/** Both of them. */
export interface OwnVectors {
  readonly handshake: HandshakeVector;
  readonly records: RecordsVector;
}

/** What the vectors start from; the rest follows. */
export type VectorInputs = Omit<HandshakeVector, "messages" | "handshakeHash" | "channelBinding">;

const REKEY_AFTER_RECORDS = 3;
const FOLDER = fileURLToPath(new URL("./vectors/", import.meta.url));

/** The committed vectors. */
export function readOwnVectors(): OwnVectors {
  return {
    handshake: JSON.parse(readFileSync(`${FOLDER}handshake.json`, "utf8")) as HandshakeVector,
    records: JSON.parse(readFileSync(`${FOLDER}records.json`, "utf8")) as RecordsVector,
  };
}

/** Inputs for new vectors. */
export function freshInputs(): VectorInputs {
  const random = fixedRandom("own vectors");
  const take = (length: number) => toHex(random(new Uint8Array(length)));
  return {
    wingId: TEST_WING_ID,
    wingSecretKey: toHex(generateKeyPair(random).secretKey),
    initiatorEphemeralSecret: take(32),
    initiatorKemSeed: take(64),
    responderEphemeralSecret: take(32),
    responderEncapsulationSeed: take(32),
    initiatorAbilities: ["resume"],
    responderAbilities: ["resume", "files"],
  };
}

/** Runs both ends of a channel from the inputs and writes down what was on the wire. */
export async function computeOwnVectors(inputs: VectorInputs): Promise<OwnVectors> {
  const pipe = new TappedPipe();
  const keyPair = generateKeyPair(scriptedRandom([hex(inputs.wingSecretKey)]));
  const shared = {
    wingId: inputs.wingId,
    aead: nodeAead,
    rekeyLimits: { records: REKEY_AFTER_RECORDS, bytes: 2 ** 30 },
  };
  const [browser, wing] = await Promise.all([
    openSealedChannel({
      ...shared,
      pipe: pipe.browser,
      wingPublicKey: keyPair.publicKey,
      abilities: inputs.initiatorAbilities,
      random: scriptedRandom([hex(inputs.initiatorEphemeralSecret), hex(inputs.initiatorKemSeed)]),
    }),
    acceptSealedChannel({
      ...shared,
      pipe: pipe.wing,
      keyPair,
      abilities: inputs.responderAbilities,
      random: scriptedRandom([hex(inputs.responderEphemeralSecret), hex(inputs.responderEncapsulationSeed)]),
    }),
  ]);
  const ears = [new ChannelEar(browser), new ChannelEar(wing)] as const;
  const plaintexts = Array.from({ length: 2 * REKEY_AFTER_RECORDS + 2 }, (_, index) =>
    Uint8Array.from({ length: index * index }, (_byte, offset) => offset + index),
  );
  for (const plaintext of plaintexts) {
    browser.send(plaintext);
    wing.send(plaintext.toReversed());
  }
  await Promise.all(ears.map((ear) => ear.hears(plaintexts.length)));
  const [opening, ...toWing] = pipe.seen["to-wing"];
  const [answer, ...toBrowser] = pipe.seen["to-browser"];
  return {
    handshake: {
      ...inputs,
      messages: [toHex(opening ?? hex("")), toHex(answer ?? hex(""))],
      handshakeHash: toHex(browser.handshakeHash),
      channelBinding: toHex(wing.channelBinding),
    },
    records: {
      rekeyAfterRecords: REKEY_AFTER_RECORDS,
      toWing: toWing.map((record, index) => ({
        plaintext: toHex(ears[1].heard[index] ?? hex("")),
        record: toHex(record),
      })),
      toBrowser: toBrowser.map((record, index) => ({
        plaintext: toHex(ears[0].heard[index] ?? hex("")),
        record: toHex(record),
      })),
    },
  };
}

// `node own-vectors.ts --write` replaces the committed vectors: a new version of the channel.
if (import.meta.main && process.argv.includes("--write")) {
  const { handshake, records } = await computeOwnVectors(freshInputs());
  writeFileSync(`${FOLDER}handshake.json`, `${JSON.stringify(handshake, null, 2)}\n`);
  writeFileSync(`${FOLDER}records.json`, `${JSON.stringify(records, null, 2)}\n`);
}

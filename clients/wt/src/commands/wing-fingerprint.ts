import { wordsOfFingerprint } from "@wingthing/sealed-channel/key-pair";
import { withWing } from "../wing/with-wing.ts";

/** `wt wing fingerprint`: the words that a browser shows behind its lock when it talks to this machine and no other. */
export async function wingFingerprint(options: { json?: boolean }): Promise<void> {
  const { wingId, keyFingerprint } = await withWing((wing) => wing.info.getInfo({}));
  const words = wordsOfFingerprint(keyFingerprint);
  const hex = Buffer.from(keyFingerprint).toString("hex");
  if (options.json === true) console.log(JSON.stringify({ wingId, words, sha256: hex }));
  else
    console.log(
      `${words}\n\nCompare these words with the ones behind the lock in the browser (wing ${wingId}, SHA-256 ${hex}).`,
    );
}

import { useEffect, useState } from "preact/hooks";

const NONE: readonly string[] = [];

/** The fingerprint of a public key in words; empty while the words are loaded, or without a key. */
export function useKeyWords(publicKey: Uint8Array | undefined): readonly string[] {
  const [words, setWords] = useState(NONE);
  useEffect(() => {
    let wanted = true;
    setWords(NONE);
    if (publicKey !== undefined) {
      // The ciphers come along, and only a page with a channel needs them.
      import("./secure-wing-channel.ts").then(({ keyWords }) => {
        if (wanted) setWords(keyWords(publicKey));
      });
    }
    return () => {
      wanted = false;
    };
  }, [publicKey]);
  return words;
}

/** A moment for people: "23 November 2026 at 14:12", in their own language and zone. */
export function momentWords(ms: number): string {
  return new Date(ms).toLocaleString(undefined, { dateStyle: "long", timeStyle: "short" });
}

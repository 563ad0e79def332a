import "./fingerprint-words.css";

/** A fingerprint as words in reading order, to be compared aloud. */
export function FingerprintWords({ words, label }: { words: readonly string[]; label: string }) {
  if (words.length === 0) return <p class="words-unknown">Not known yet.</p>;
  return (
    <ol class="words" aria-label={label}>
      {words.map((word, index) => (
        // Two places may hold the same word; the place is the identity.
        <li key={index}>{word}</li>
      ))}
    </ol>
  );
}

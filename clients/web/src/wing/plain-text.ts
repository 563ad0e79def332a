/** Control characters, and marks that reorder what stands around them: they have no place in a label. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

/** Text of a wing as it may stand in a label: no control or direction marks, at most `maxCharacters`, then "…". */
export function plainText(text: string, maxCharacters: number): string {
  const clean = text.replace(UNPRINTABLE, " ").trim();
  const characters = [...clean];
  return characters.length <= maxCharacters ? clean : `${characters.slice(0, maxCharacters - 1).join("")}…`;
}

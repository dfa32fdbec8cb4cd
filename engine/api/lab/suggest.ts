/** "Did you mean": the nearest of some words to a misspelled one. */

function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}

/** Longer words are not compared: the cost grows with the product of the lengths, and the file may mean harm. */
const LONGEST_WORD = 64;
const MOST_CANDIDATES = 200;

/** `, did you mean 'memory'?` where a word is near enough, otherwise nothing. To be appended to a message. */
export function suggestion(word: string, candidates: Iterable<string>): string {
  if (word.length > LONGEST_WORD) return '';
  const lowered = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  let compared = 0;
  for (const candidate of candidates) {
    if (++compared > MOST_CANDIDATES) break;
    if (candidate.length > LONGEST_WORD) continue;
    const distance = editDistance(lowered, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best === undefined ? '' : `, did you mean '${best}'?`;
}

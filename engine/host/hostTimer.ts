/** Runs `action` once, unless what it returns is called before. */
export function afterMs(delayMs: number, action: () => void): () => void {
  const timer = setTimeout(action, delayMs);
  return () => clearTimeout(timer);
}

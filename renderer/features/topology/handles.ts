/** Ids of the places on a card where links begin and end, and what they mean for the document. */
import type { WantedEnd } from '../lab/document/links.ts';

const PORT_PREFIX = 'port:';

/** The whole card, while a link is being drawn. */
export const cardHandleId = 'card';

export function portHandleId(port: string): string {
  return PORT_PREFIX + port;
}

/** The dots at the card's sides: they stand for the next free port. */
export function nextPortHandleId(side: string): string {
  return `next:${side}`;
}

export function endAt(node: string, handleId: string | null): WantedEnd {
  return handleId?.startsWith(PORT_PREFIX) === true ? { node, port: handleId.slice(PORT_PREFIX.length) } : { node };
}

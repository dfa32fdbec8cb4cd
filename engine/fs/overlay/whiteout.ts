/**
 * Whiteouts as container images have them (OCI image layer specification): `.wh.NAME`, an empty file, hides NAME of the
 * layer below; `.wh..wh..opq` in a directory hides everything below it. Names with the prefix are not for guests.
 */
export const WHITEOUT_PREFIX = '.wh.';
export const OPAQUE_MARK = '.wh..wh..opq';
/** Where a copy grows before it gets its name, so that a crash leaves nothing half-done in sight. */
export const UNFINISHED_COPY = '.wh..wh.copy';

export function whiteoutName(name: string): string {
  return WHITEOUT_PREFIX + name;
}

export function isReserved(name: string): boolean {
  return name.startsWith(WHITEOUT_PREFIX);
}

/** The window's page comes from `app://umlaut`: an origin of its own, unlike `file:`, whose pages may read every file. */
import { protocol } from 'electron';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCHEME = 'app';
export const PAGE_ORIGIN = `${SCHEME}://umlaut`;
export const PAGE_ADDRESS = `${PAGE_ORIGIN}/index.html`;

const pageDirectory = fileURLToPath(new URL('.', new URL('../../renderer/index.html', import.meta.url)));

const CONTENT_TYPES: Readonly<Partial<Record<string, string>>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.map': 'application/json',
};

// Terminal and canvas place their parts by inline styles; scripts come from the bundle only.
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Before the application is ready. */
export function declarePageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Once the application is ready. */
export function servePage(): void {
  protocol.handle(SCHEME, async (request) => {
    const path = pageFile(request.url);
    const type = path === undefined ? undefined : CONTENT_TYPES[extname(path)];
    if (path === undefined || type === undefined) return new Response('Not found', { status: 404 });
    try {
      const contents = await readFile(path);
      return new Response(new Uint8Array(contents), {
        headers: {
          'Content-Type': type,
          'Content-Security-Policy': CONTENT_SECURITY_POLICY,
          'X-Content-Type-Options': 'nosniff',
          'Cross-Origin-Opener-Policy': 'same-origin',
        },
      });
    } catch {
      return new Response('Not found', { status: 404 });
    }
  });
}

/** The file behind an address of the page; undefined for addresses that are none. */
function pageFile(address: string): string | undefined {
  const url = new URL(address);
  if (url.host !== 'umlaut') return undefined;
  // `URL` has resolved `..` already, except where it was written with %2f.
  const path = normalize(join(pageDirectory, decodeURIComponent(url.pathname)));
  return path.startsWith(pageDirectory) ? path : undefined;
}

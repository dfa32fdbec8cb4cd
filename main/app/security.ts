/** What no page of the application may do, whatever gets into it. */
import type { IpcMainInvokeEvent, WebContents } from 'electron';
import { app, session, shell } from 'electron';
import { PAGE_ORIGIN } from './pageProtocol.ts';

// The terminal copies and pastes. Everything else that a browser may be asked for is refused.
const PERMISSIONS: ReadonlySet<string> = new Set(['clipboard-read', 'clipboard-sanitized-write']);

/** Once the application is ready, before there is a window. */
export function restrictPages(): void {
  const { defaultSession } = session;
  const isOurs = (address: string): boolean => address.startsWith(`${PAGE_ORIGIN}/`) || address === PAGE_ORIGIN;
  defaultSession.setPermissionRequestHandler((_contents, permission, decide, details) => {
    decide(PERMISSIONS.has(permission) && isOurs(details.requestingUrl));
  });
  defaultSession.setPermissionCheckHandler(
    (_contents, permission, origin) => PERMISSIONS.has(permission) && isOurs(origin),
  );
  defaultSession.setDevicePermissionHandler(() => false);
  app.on('web-contents-created', (_event, contents) => restrictContents(contents));
}

function restrictContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    // A link in a terminal, printed by a guest: it goes to the person's browser, and only what a browser shows.
    if (/^https?:\/\//i.test(url)) void shell.openExternal(url);
    return { action: 'deny' };
  });
}

/** Requests are taken from our page in a window's main frame, and from nothing else. */
export function isTrustedSender(event: IpcMainInvokeEvent): boolean {
  const { sender, senderFrame } = event;
  return senderFrame !== null && senderFrame === sender.mainFrame && senderFrame.origin === PAGE_ORIGIN;
}

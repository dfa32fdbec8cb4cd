/** The application's first file. */
import { app } from 'electron';
import { join } from 'node:path';
import { Application } from './application.ts';
import { declarePageScheme, servePage } from './pageProtocol.ts';
import { restrictPages } from './security.ts';

// `electron .` has the application's folder among its arguments, a packaged one has not.
const ownArguments = (all: readonly string[]): string[] => all.slice(app.isPackaged ? 1 : 2);

function run(): void {
  declarePageScheme();
  // `./start` opens the application without Chromium's sandbox where the system gives it none, and says so.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  // In a package, what other programs open by path lies beside the archive of the application.
  const resources = app.isPackaged ? process.resourcesPath : app.getAppPath();
  const application = new Application(app.getPath('userData'), join(resources, 'assets'));

  app.on('second-instance', (_event, commandLine, workingDirectory) => {
    application.openFromCommandLine(ownArguments(commandLine), workingDirectory);
  });
  app.on('activate', () => {
    if (!application.hasWindows) application.openFromCommandLine([], process.cwd());
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') void application.quit();
  });
  app.on('before-quit', (event) => {
    if (application.mayQuit) return;
    event.preventDefault();
    void application.quit();
  });

  void app.whenReady().then(async () => {
    restrictPages();
    servePage();
    await application.start(ownArguments(process.argv), process.cwd());
  });
}

// Two runs on the same data would write over each other; the second hands what it was asked to open to the first.
if (app.requestSingleInstanceLock()) run();
else app.quit();

import type { KnipConfig } from 'knip';

const config: KnipConfig = {
  entry: [
    'main/app/main.ts!',
    'main/preload/preload.ts!',
    'main/engineHost/process.ts!',
    'bin/umlaut.ts!',
    'scripts/*.ts',
    'scripts/{bench,build,setup,tests}/*.ts',
    'assets/image/build.ts',
    'e2e/conformance/run.ts',
    '**/*.bench.ts',
  ],
  project: ['{engine,main,renderer,bin,e2e,scripts,native,assets}/**/*.{ts,tsx,css}'],
  vite: { config: ['scripts/build/vite.config.ts'] },
  vitest: { config: ['vitest.config.ts', 'e2e/vitest.config.ts'] },
  playwright: { config: ['e2e/playwright.config.ts'] },
  // Style sheets import packages of colours and fonts.
  compilers: {
    css: (text) => [...text.matchAll(/@import\s+['"]([^'"]+)['"]/g)].map(([, path]) => `import '${path}';`).join('\n'),
  },
  // errno has two names for some numbers.
  exclude: ['duplicates'],
  ignoreExportsUsedInFile: { interface: true, type: true },
  // Of the host, not of a package.
  ignoreBinaries: [
    'apt-config',
    'dpkg-deb',
    'gcc',
    'ip',
    'make',
    'mkfifo',
    'readelf',
    'systemd-detect-virt',
    'unshare',
  ],
  // Started as programs.
  ignoreDependencies: ['electron-builder'],
};

export default config;

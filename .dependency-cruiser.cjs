// Who may import whom. The layers of the engine from the lowest up; modules of one row are siblings and do not meet.
const layers = [
  ['abi'],
  ['lib'],
  ['api', 'arch'],
  ['host'],
  ['trap'],
  ['mm', 'sched'],
  ['process'],
  ['vfs'],
  ['fs', 'tty', 'block', 'net', 'dev'],
  ['syscall'],
  ['boot'],
];

// These may name types from above, and run none of it: a machine's whole state hangs on its kernel object and a task's on
// the task, a mapping keeps its file; a port implements the interface that the layer which needs it declares.
const namesTypesFromAbove = ['mm', 'process', 'host'];

const tests = '\\.(test|testing|bench)\\.tsx?$';

const engineLayers = layers.flatMap((row, level) =>
  row.map((name) => {
    const mayNot = [...row.filter((sibling) => sibling !== name), ...layers.slice(level + 1).flat()];
    return {
      name: `engine-${name}`,
      comment: `engine/${name} imports only what lies below it: ${layers.slice(0, level).flat().join(', ') || 'nothing'}.`,
      severity: 'error',
      // What adapts the host to an interface of a layer knows that layer; only what touches native code lies low.
      from: { path: name === 'host' ? '^engine/host/.*\\.unsafe\\.ts$' : `^engine/${name}/`, pathNot: tests },
      to: {
        path: mayNot.length > 0 ? `^engine/(${mayNot.join('|')})/` : '^$',
        ...(namesTypesFromAbove.includes(name) && { dependencyTypesNot: ['type-only'] }),
      },
    };
  }),
);

module.exports = {
  forbidden: [
    ...engineLayers,
    {
      name: 'engine-stands-alone',
      comment: 'The same engine serves the window, the command line and the tests.',
      severity: 'error',
      from: { path: '^engine/' },
      to: { path: '^(main|renderer|bin|e2e|scripts)/' },
    },
    {
      name: 'engine-without-electron',
      severity: 'error',
      from: { path: '^engine/' },
      to: { path: '^node_modules/electron/|^electron$' },
    },
    {
      name: 'danger-shows-in-the-name',
      comment: 'Foreign functions are called from *.unsafe.ts in engine/host only.',
      severity: 'error',
      from: { pathNot: '^engine/host/.*\\.unsafe(\\.test)?\\.ts$|^(scripts|e2e)/' },
      to: { path: '^node_modules/koffi/|^koffi$' },
    },
    {
      name: 'ports-start-nothing',
      severity: 'error',
      from: { path: '^engine/host/' },
      to: { path: '^engine/boot/' },
    },
    {
      name: 'ports-are-plugged-in',
      comment: 'Shared memory and traps are the host for their own layers; everybody else gets ports from boot.',
      severity: 'error',
      from: { path: '^engine/', pathNot: `^engine/(host|trap|mm|boot)/|${tests}` },
      to: { path: '^engine/host/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'kernel-without-node',
      comment: 'Only ports, boot and tests may know that they run in Node.',
      severity: 'error',
      from: { path: '^engine/', pathNot: `^engine/(host|boot)/|${tests}` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'engine-inside-stays-inside',
      comment: 'The outside sees engine/api and starts engine/boot.',
      severity: 'error',
      from: { path: '^(main|bin)/' },
      to: { path: '^engine/', pathNot: '^engine/(api|boot)/' },
    },
    {
      name: 'renderer-knows-contracts-only',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(main|engine|bin|e2e|scripts)/', pathNot: '^main/ipc/contract|^engine/api/' },
    },
    {
      name: 'renderer-without-node',
      severity: 'error',
      from: { path: '^renderer/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'main-does-not-draw',
      severity: 'error',
      from: { path: '^(main|bin)/' },
      to: { path: '^(renderer|e2e)/|^node_modules/react' },
    },
    {
      name: 'preload-is-a-bridge',
      comment: 'A sandboxed preload script has no Node and none of the main process.',
      severity: 'error',
      from: { path: '^main/preload/' },
      to: { path: '^main/', pathNot: '^main/(preload/|ipc/contract)' },
    },
    {
      name: 'e2e-from-outside',
      comment: 'Desktop and conformance tests drive the product as its users do.',
      severity: 'error',
      from: { path: '^e2e/' },
      to: { path: '^(main|renderer|bin|engine)/', pathNot: '^engine/api/' },
    },
    {
      name: 'tests-are-leaves',
      severity: 'error',
      from: { pathNot: tests },
      to: { path: '\\.(test|bench)\\.tsx?$' },
    },
    {
      name: 'no-cycles',
      comment:
        'Two files that need each other are one idea, or lack an interface below them. Types may refer to each other.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\?(raw|url|worker|inline)$|^electron' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(out|dist|\\.cache|test-results)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      extensions: ['.ts', '.tsx', '.js', '.css', '.json', '.svg'],
      conditionNames: ['import', 'types', 'default'],
    },
  },
};

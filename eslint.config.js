import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

const outsideTime = 'Time and randomness are parameters of a machine; only engine/host may ask the host for them.';
const ambientTime = {
  'no-restricted-globals': [
    'error',
    ...['setTimeout', 'setInterval', 'setImmediate', 'performance', 'crypto'].map((name) => ({
      name,
      message: outsideTime,
    })),
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: outsideTime },
    { object: 'Math', property: 'random', message: outsideTime },
    { object: 'performance', property: 'now', message: outsideTime },
    { object: 'process', property: 'hrtime', message: outsideTime },
  ],
  'no-restricted-syntax': [
    'error',
    { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: outsideTime },
  ],
};

export default tseslint.config(
  {
    ignores: [
      'node_modules',
      'out',
      'dist',
      '.cache',
      'test-results',
      'playwright-report',
      'coverage',
      'native/build',
      'build',
    ],
  },
  eslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // An empty method is how a device says that an event does not concern it.
      '@typescript-eslint/no-empty-function': 'off',
      // The engine's state machines compare and mask flags; the name of the mask says more than a wrapper type.
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      // A walk up a tree begins at `this`.
      '@typescript-eslint/no-this-alias': 'off',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-constant-condition': ['error', { checkLoops: false }],
      eqeqeq: 'error',
      curly: ['error', 'multi-line'],
      'prefer-const': 'error',
    },
  },
  {
    // Byte work: an index that the loop bounds is not worth a run-time check.
    files: ['engine/**/*.ts', '**/*.test.ts', '**/*.test.tsx', 'e2e/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['engine/**/*.ts'],
    ignores: ['engine/host/**', '**/*.test.ts', '**/*.testing.ts', '**/*.bench.ts'],
    rules: ambientTime,
  },
  {
    // FFI has no types that a checker could follow; such files are few, and their name says so.
    files: ['**/*.unsafe.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.cjs', '**/*.mjs'],
    languageOptions: { globals: { module: 'writable', process: 'readonly', require: 'readonly' } },
  },
  prettier,
);

import js from '@eslint/js';
import ts from 'typescript-eslint';
import reactHooks from 'eslint-plugin-react-hooks';
import graphql from './eslint.graphql.mjs';
import rooms from './eslint.rooms.mjs';

/** What has JavaScript's syntax tree. */
const scripts = ['**/*.ts', '**/*.tsx', '**/*.js', '**/*.mjs', '**/*.cjs'];

export default ts.config(
  {
    ignores: [
      ...[
        'dist',
        'coverage',
        'test/bench/dist',
        'test/bench/results',
        'test/support/operations.ts',
        'console/src/api/documents.ts',
        'console/src/api/schema-texts.ts',
      ],
      // They import what test/schema/frontend-tools.test.ts generates, and are compiled there.
      'test/fixtures/frontends',
    ],
  },
  { files: scripts, extends: [js.configs.recommended, ...ts.configs.strictTypeChecked] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Resolvers and input classes are classes because their decorators need them.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `_` names what is taken out of an object or a parameter list and not used.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_+$', varsIgnorePattern: '^_+$' },
      ],
      // type-graphql's classes describe plain records; instances of them are only ever read and spread.
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // A leaving caller's own reason is passed on as it is.
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      // `return problem(…)` gives up on a value and tells why.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Compares types in depth, 5 s of all files, and finds nothing without enums of numbers: those of OpenTelemetry are below.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'The environment is handed in by src/cli/start.ts.' },
        { object: 'Date', property: 'now', message: 'Time comes from shared/clock.ts.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'NewExpression[callee.name="LRUCache"] > ObjectExpression > Property[key.name="max"]',
          message:
            'It reserves the memory of all entries at once: keepMostRecent of shared/most-recent.ts does not.',
        },
        { selector: 'TSEnumDeclaration', message: 'A union of texts is enough.' },
        {
          selector: 'CallExpression[callee.name="Number"] MemberExpression[object.property.name="env"]',
          message: 'NaN makes a test that tries nothing: numberFromEnvironment of test/support refuses it.',
        },
      ],
    },
  },
  {
    files: ['src/tracing/*.ts'],
    rules: { '@typescript-eslint/no-unsafe-enum-assignment': 'error' },
  },
  {
    files: ['console/src/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'tdesign-react',
              message: 'It brings the styles of all components: import tdesign-react/es/<component>.',
            },
            { name: 'tdesign-react/es/dialog', message: 'It breaks the policy: use form/dialog.tsx.' },
            {
              name: 'tdesign-react/es/button',
              importNames: ['Button'],
              message: 'A disabled one is no button: use form/button.tsx.',
            },
          ],
        },
      ],
    },
  },
  { files: ['console/src/form/button.tsx'], rules: { 'no-restricted-imports': 'off' } },
  // Which folder may import which.
  ...rooms,
  ...graphql,
  {
    // Method references of jest matchers and test doubles are safe; tests may wait in real time.
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/unbound-method': 'off', 'no-restricted-properties': 'off' },
  },
  { files: ['**/*.mjs', '**/*.cjs', '**/*.js'], ...ts.configs.disableTypeChecked },
  // Its one statement starts src/cli/start.ts. ESLint replaces a first line with #!, and because the text is then not that of the file,
  // typescript-eslint would compile all of src and test a second time.
  { files: ['src/main.ts'], ...ts.configs.disableTypeChecked },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      globals: {
        __dirname: 'readonly',
        performance: 'readonly',
        process: 'readonly',
        require: 'readonly',
        setInterval: 'readonly',
      },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        clearTimeout: 'readonly',
        console: 'readonly',
        performance: 'readonly',
        process: 'readonly',
        setTimeout: 'readonly',
        URL: 'readonly',
      },
    },
  },
  {
    // Programs that node runs as they are; the rivals' packages stay out of the product's types.
    files: ['test/bench/**/*.mjs', 'test/bench/**/*.cjs'],
    languageOptions: {
      globals: {
        AbortSignal: 'readonly',
        Buffer: 'readonly',
        clearTimeout: 'readonly',
        performance: 'readonly',
        setTimeout: 'readonly',
        Headers: 'readonly',
        Response: 'readonly',
        URL: 'readonly',
        fetch: 'readonly',
        globalThis: 'readonly',
        process: 'readonly',
        require: 'readonly',
      },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['src/server/explorer/page/*.js'],
    languageOptions: {
      globals: {
        document: 'readonly',
        fetch: 'readonly',
        localStorage: 'readonly',
        sessionStorage: 'readonly',
      },
    },
  },
);

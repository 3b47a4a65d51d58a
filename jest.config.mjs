/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/bench/dist/'],
  globalSetup: '<rootDir>/test/support/make-key-pairs.mjs',
  setupFiles: ['reflect-metadata'],
  // jose has ES modules only, which Jest's require does not read.
  transformIgnorePatterns: ['/node_modules/(?!jose/)'],
  // What `import()` loads when it is needed: it names the file that the compiler writes.
  moduleNameMapper: { '^\\./(demo|redis-state|postgres)\\.js$': './$1' },
  transform: {
    '/node_modules/jose/.+\\.js$': ['@swc/jest', { jsc: { target: 'es2022' }, module: { type: 'commonjs' } }],
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  // Most tests wait for sockets: more of them than processors fit side by side.
  maxWorkers: 4,
  // Finds what hangs, and nothing that is merely slow on a busy machine.
  testTimeout: 60_000,
  randomize: true,
};

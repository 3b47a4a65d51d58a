/** The store of durable work. */
const both = 'test/database/open-database.test.ts';
const checkpoints = 'test/database/checkpoints.test.ts';
const lock = { file: 'src/database/directory-lock.ts', tests: ['test/database/directory-lock.test.ts'] };

export const databaseGuards = [
  {
    name: 'database: being closed is no failure',
    file: 'src/database/open-database.ts',
    find: 'if (next === failure || isClosed) return;',
    replace: 'if (next === failure) return;',
    tests: ['test/database/open-database.test.ts'],
    only: 'says nothing of being closed',
  },
  {
    ...lock,
    name: 'database: one beat of the lock is written at a time',
    find: '(writing ??= write()',
    replace: '(writing = write()',
  },
  {
    name: 'database: the memory for pages is bounded',
    file: 'src/database/embedded.ts',
    find: 'const pagesMb = 64;',
    replace: 'const pagesMb = 128;',
    tests: ['test/bulk/key-index.test.ts'],
  },
  {
    name: 'database: the log of the embedded database is shortened',
    file: 'src/database/embedded.ts',
    find: '.then(checkpointIfDue)',
    replace: '',
    tests: [checkpoints],
    only: 'does not grow with what is written',
  },
  {
    name: 'database: what a checkpoint keeps of the log is bounded',
    file: 'src/database/embedded.ts',
    find: '        `max_wal_size=${logSizes.due}MB`,\n',
    replace: '',
    tests: [checkpoints],
    only: 'is not shortened within a transaction',
  },
  {
    name: 'database: a connection that is lost while it is handed out',
    file: 'src/database/postgres.ts',
    find: "  pool.on('connect', (client) => client.on('error', () => undefined));\n",
    replace: '',
    tests: [both],
    only: 'bears a server that ends',
  },
  {
    name: 'database: a commit that PostgreSQL would turn into a rollback',
    file: 'src/database/open-database.ts',
    find: '    if (refused.length > 0) throw databaseError(refused[0]);\n',
    replace: '',
    tests: [both],
  },
  {
    name: 'database: a newer schema',
    file: 'src/database/migrate.ts',
    find: "throw new Unusable('newer');",
    replace: ';',
    tests: [both],
  },
  {
    name: 'database: one process migrates',
    file: 'src/database/migrate.ts',
    find: "    await session.query('select pg_advisory_xact_lock($1)', [lockNumber]);\n",
    replace: '',
    tests: [both],
    only: 'start together',
  },
  {
    ...lock,
    name: 'database: an owner that was paused',
    find: "    if (!(await isOwn())) throw new Unusable('locked');\n",
    replace: '',
  },
  {
    ...lock,
    name: 'database: the directory of a killed process',
    find: 'isDead(parse(text), place) || ',
    replace: '',
  },
  {
    name: 'database: what a killed process began is no database',
    file: 'src/database/embedded.ts',
    find: ' && !existsSync(markOf(directory))',
    replace: '',
    tests: ['test/database/open-database.test.ts'],
    only: 'is made anew',
  },
  {
    name: 'database: work that failed leaves no transaction open',
    file: 'src/database/embedded.ts',
    find: '          await clean();\n',
    replace: '',
    tests: ['test/database/open-database.test.ts'],
    only: 'forgets a transaction',
  },
];

/** Bulk operations: once in effect, behind everybody, and nothing in clear. */
const operations = 'test/bulk/operations.test.ts';
const imports = 'test/bulk/import.test.ts';

export const bulkGuards = [
  {
    name: 'bulk: rows are behind everybody',
    file: 'src/app/bulk.ts',
    find: "lane: 'bulk', deadline } as const;",
    replace: "lane: 'mutation', deadline } as const;",
    tests: [imports],
  },
  {
    name: 'bulk: a member is imported once over all operations',
    file: 'src/bulk/rows.ts',
    find: '    if (claim === undefined || (claim.operation_id === id && claim.number === number)) return undefined;',
    replace: '    if (claim !== undefined || number > 0) return undefined;',
    tests: [operations],
    only: 'once over all operations',
  },
  {
    name: 'bulk: the newest row of a card wins',
    file: 'src/bulk/rows.ts',
    find: '((r.operation_id = $2 and r.number > $3)',
    replace: '((r.operation_id = $2 and r.number < 0 and $3 > 0)',
    tests: [operations],
    only: 'newest row',
  },
  {
    name: 'bulk: an operation that mostly fails stops itself',
    file: 'src/bulk/failure-watch.ts',
    find: 'return failures > maxFailures;',
    replace: 'return failures > watched;',
    tests: [operations],
    only: 'stops itself',
  },
  {
    name: 'bulk: a dry run sends nothing',
    file: 'src/app/bulk-rows.ts',
    find: '  members: new Proxy(context.members, { get: () => () => Promise.reject(notSent) }),\n',
    replace: '',
    tests: [operations],
    only: 'dry run',
  },
  {
    name: 'bulk: a dry run claims nothing',
    file: 'src/bulk/rows.ts',
    find: '      dryRun\n        ?',
    replace: '      dryRun && number < 0\n        ?',
    tests: [operations],
    only: 'dry run',
  },
  {
    name: 'bulk: the template is looked at before any row',
    file: 'src/app/bulk-rows.ts',
    find: "return template === undefined ? 'TEMPLATE_NOT_USABLE' : undefined;",
    replace: 'return template === undefined ? undefined : undefined;',
    tests: [operations],
    only: 'template does not exist',
  },
  {
    name: 'bulk: a download is recorded',
    file: 'src/app/bulk-routes.ts',
    find: "          kind: 'DECRYPTION',\n",
    replace: "          kind: 'MUTATION',\n",
    tests: [operations],
    only: 'once over all operations',
  },
  {
    name: 'bulk: rows are sealed',
    file: 'src/bulk/sealing.ts',
    find: "cipher.encrypt(context, deflateRawSync(JSON.stringify(value)).toString('base64')),",
    replace: 'JSON.stringify(value),',
    tests: [imports],
  },
  {
    name: 'bulk: a large file has more time than a request',
    file: 'src/server/http/http.ts',
    find: 'if (match?.route.isLong !== true) limitRequest(request);',
    replace: 'limitRequest(request);',
    tests: ['test/server/http/http.test.ts'],
    only: 'a file take longer',
  },
];

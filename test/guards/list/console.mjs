/** What the console's pages keep readers from, tried in Chromium. */
const page = (file, only, test = 'bulk') => ({
  file: `console/src/${file}`,
  tests: [`test/console/${test}.test.ts`],
  only,
});

export const consoleGuards = [
  {
    ...page('api/request-keys.ts', 'does not start a file twice'),
    name: 'console: an attempt whose answer was lost has the same key when it is tried again',
    find: 'keys.current.get(text) ?? newKey()',
    replace: 'newKey()',
  },
  {
    ...page('pages/bulk/start-step.tsx', 'takes a file from its columns to its results'),
    name: 'console: a check says nothing about an order that was changed since',
    find: 'check !== undefined && check.order === order &&',
    replace: 'check !== undefined &&',
  },
  {
    ...page('pages/templates/draft.ts', 'sends only what was changed of a template', 'templates'),
    name: 'console: an update has only what was changed',
    find: '([name, value]) => JSON.stringify(value) !== JSON.stringify(was[name]),',
    replace: '([name]) => name in was,',
  },
  {
    ...page(
      'pages/templates/invalidate-template.tsx',
      'invalidates a template only after its name was typed',
      'templates',
    ),
    name: 'console: a template is invalidated after its name was typed',
    find: 'isIncomplete={typed.trim() !== template.cardTitle}',
    replace: '',
  },
  {
    ...page(
      'pages/templates/template-form.tsx',
      'shows templates, and the card while somebody types',
      'templates',
    ),
    name: 'console: the first wrong field gets the focus',
    find: "    field?.querySelector<HTMLElement>('input, select, textarea')?.focus({ preventScroll: true });\n",
    replace: '',
  },
  {
    ...page('pages/bulk/operation-view.tsx', 'lets nobody without pii download results'),
    name: 'console: no download without pii',
    find: 'may.write && may.pii',
    replace: 'may.write',
  },
  {
    ...page('pages/bulk/order.ts', 'reads a file without a column'),
    name: 'console: a column that was recognised can be switched off',
    find: "[{ column, header: header === '' ? null : header }]",
    replace: "header === '' ? [] : [{ column, header }]",
  },
  {
    ...page('list/use-pages.ts', 'lists rows as far as somebody reads on'),
    name: 'console: a list goes on behind the last page, not behind the first',
    find: 'pages: [...now.pages, page]',
    replace: 'pages: now.pages',
  },
  {
    ...page('states/slow-notice.tsx', 'says how long a call waits for its turn', 'console'),
    name: 'console: a query in the queue says how long it waits',
    find: 'queued > 0',
    replace: 'queued > Infinity',
  },
  {
    ...page('pages/audit/entries-panel.tsx', 'says which file was changed', 'audit'),
    name: 'console: records behind a changed one are not shown as good',
    find: "state !== 'TAMPERED' || sequence < (wrongLine ?? 1)",
    replace: 'state !== undefined || sequence < (wrongLine ?? 1)',
  },
];

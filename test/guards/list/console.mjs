/** What the console's pages keep readers from, tried in Chromium. */
const page = (file, only) => ({
  file: `console/src/${file}`,
  tests: ['test/console/bulk-and-templates.test.ts'],
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
    ...page('pages/templates/draft.ts', 'sends only what was changed of a template'),
    name: 'console: an update has only what was changed',
    find: '([name, value]) => JSON.stringify(value) !== JSON.stringify(was[name]),',
    replace: '([name]) => name in was,',
  },
  {
    ...page(
      'pages/templates/invalidate-template.tsx',
      'invalidates a template only after its name was typed',
    ),
    name: 'console: a template is invalidated after its name was typed',
    find: 'isIncomplete={typed.trim() !== template.cardTitle}',
    replace: '',
  },
  {
    ...page('pages/templates/template-form.tsx', 'shows templates, and the card while somebody types'),
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
];

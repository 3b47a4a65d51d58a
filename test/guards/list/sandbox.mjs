/** The sandbox: as strict and as lenient as the documents. */
const refusals = 'test/sandbox/refusals/refusals.test.ts';
const control = 'test/sandbox/control.test.ts';
const clock = 'test/sandbox/clock.test.ts';

export const sandboxGuards = [
  {
    name: 'sandbox: every documented row is in the table',
    file: 'src/sandbox/refusals-of.ts',
    find: "GET_CARD_TEMPLATE: ['templateMissing', 'notOpened'],\n  UPDATE",
    replace: "GET_CARD_TEMPLATE: ['templateMissing'],\n  UPDATE",
    tests: [refusals],
    only: 'has each row',
  },
  {
    name: 'sandbox: a level that is not shown',
    file: 'src/sandbox/template-rules.ts',
    find: "if (shown !== true && level !== undefined) throw refused('levelNotShown');",
    replace: '',
    tests: [refusals],
    only: 'levelNotShown',
  },
  {
    name: 'sandbox: the documented number of a refusal',
    file: 'src/sandbox/failure.ts',
    find: 'more.number ?? numberOfSentence.get(message) ?? requestNumbers.undocumented',
    replace: 'more.number ?? requestNumbers.badParameter',
    tests: [refusals],
    only: 'as documented',
  },
  {
    name: 'sandbox: a code is unique within a template only',
    file: 'src/sandbox/imports.ts',
    find: 'if (state.userCard(brandId, imported.user_card_code, template.card_id) !== undefined)',
    replace: 'if (state.userCard(brandId, imported.user_card_code) !== undefined)',
    tests: [refusals],
    only: 'another template',
  },
  {
    name: 'sandbox: a deleted card is not imported again',
    file: 'src/sandbox/imports.ts',
    find: ' || state.hasDeleted(brandId, template.card_id, openid)',
    replace: '',
    tests: [refusals],
    only: 'deletedByUser',
  },
  {
    name: 'sandbox: repetitions are named before the shape is checked',
    file: 'src/sandbox/interfaces.ts',
    find: "if ('user_information' in takes)",
    replace: "if ('user_informations' in takes)",
    tests: [refusals],
    only: 'Twice',
  },
  {
    name: 'sandbox: unknown members of a control call',
    file: 'src/sandbox/control-input.ts',
    find: 'if (!known.includes(name)) refuse(',
    replace: 'if (known.length === 0) refuse(',
    tests: [control],
  },
  {
    name: 'sandbox: unknown values of a control call',
    file: 'src/sandbox/control-input.ts',
    find: "if (typeof value !== 'string' || !known.includes(value))",
    replace: "if (typeof value !== 'string')",
    tests: [control],
  },
  {
    name: 'sandbox: unknown parameters of a control call',
    file: 'src/sandbox/control.ts',
    find: '      checkQuery(url.searchParams, action.query ?? []);\n',
    replace: '',
    tests: [control],
  },
  {
    name: 'sandbox: cards expire by the clock',
    file: 'src/sandbox/state.ts',
    find: "{ ...card, user_card_state: 'EXPIRED' }",
    replace: 'card',
    tests: [clock],
  },
  {
    name: 'sandbox: a moved clock does not move certificates and signatures',
    file: 'src/sandbox/server.ts',
    find: '    now,\n    movableNow: clock.now,',
    replace: '    now: clock.now,\n    movableNow: now,',
    tests: [clock],
  },
  {
    name: 'sandbox: a list of accepted types',
    file: 'src/sandbox/routing.ts',
    find: "accept.split(',').some(",
    replace: "accept.split('\\n').some(",
    tests: ['test/e2e/interop.test.ts'],
  },
  {
    name: 'sandbox: a GET with a Content-Type',
    file: 'src/sandbox/routing.ts',
    find: "method !== 'GET' && contentType !== undefined",
    replace: 'contentType !== undefined',
    tests: ['test/e2e/interop.test.ts'],
  },
];

/** Events passed on to the brands' own systems. */
const webhooks = { tests: ['test/webhooks/webhooks.test.ts'] };
const address = {
  file: 'src/webhooks/public-address.ts',
  ...webhooks,
  only: 'opens no connection to a private network',
};
const queue = { file: 'src/webhooks/queue.ts', ...webhooks };

export const webhookGuards = [
  {
    ...address,
    name: 'webhooks: the address that a connection resolved',
    find: 'if (!addresses.every(({ address }) => isPublicAddress(address)))',
    replace: 'if (addresses.length === 0)',
  },
  {
    ...address,
    name: 'webhooks: an address in place of a name',
    find: 'if (address !== undefined && !isPublicAddress(address)) callback',
    replace: "if (address === '') callback",
  },
  {
    ...queue,
    name: 'webhooks: the order of a card',
    find: "               and earlier.state = 'WAITING' and earlier.seq < due.seq\n",
    replace: "               and earlier.state = 'WAITING' and earlier.seq < 0\n",
    only: 'keeps the order of a card',
  },
  {
    ...queue,
    name: 'webhooks: a delivery has one owner',
    find: ' and due.leased_until <= ${nowMs}',
    replace: '',
    only: 'that died',
  },
  {
    ...queue,
    name: 'webhooks: a former owner finishes nothing',
    find: 'where seq = $1 and attempts = $2 and',
    replace: 'where seq = $1 and attempts >= $2 and',
    only: 'that died',
  },
  {
    ...queue,
    name: 'webhooks: a notification is queued once',
    find: '\n           on conflict (webhook, message_id) do nothing`',
    replace: '`',
    only: 'in the form of Standard Webhooks',
  },
  {
    name: 'webhooks: what names the user is asked for',
    file: 'src/webhooks/message.ts',
    find: '      ...Object.fromEntries(personalMembers.map((name) => [name, personal[name]])),\n',
    replace:
      '      ...personal,\n      ...Object.fromEntries(personalMembers.map((name) => [name, name])),\n',
    ...webhooks,
    only: 'in the form of Standard Webhooks',
  },
  {
    name: 'webhooks: one that fails for long is a finding until it succeeds',
    file: 'src/operating/webhook-watch.ts',
    find: "if (outcome === 'delivered') failing.delete(webhook);\n      else ",
    replace: '',
    tests: ['test/operating/webhook-watch.test.ts'],
  },
  {
    name: 'webhooks: passed on before it is stored',
    file: 'src/notifications/receive.ts',
    find: "  if (standing === 'new') await forward(event, id);\n",
    replace: '',
    tests: ['test/notifications/receive.test.ts'],
  },
  {
    name: 'webhooks: an address of a private network in the configuration',
    file: 'src/config/webhooks.ts',
    find: 'if (!allowPrivateNetwork && address !== undefined && !isPublicAddress(address))',
    replace: "if (address === '')",
    tests: ['test/config/webhooks.test.ts'],
  },
  {
    name: 'webhooks: a brand that is added while the server runs',
    file: 'src/app/webhooks.ts',
    find: '(current().webhooks.find(({ id }) => id === webhook.id) ?? webhook).brandIds',
    replace: 'webhook.brandIds ?? current().webhooks[0]?.brandIds',
    tests: ['test/cli/reload-brands.test.ts'],
    only: 'told to webhooks',
  },
];

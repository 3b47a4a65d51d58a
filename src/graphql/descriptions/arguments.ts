/**
 * What the arguments mean. A row `Type.field(argument)` is for the exceptions; an argument without a row is the member of that
 * name (members.ts). The bounds come from the checks (inputs/arguments.ts).
 */
export const argumentTexts = {
  'Brand.membershipActivities(cardId)': 'Only the activities of this template. Default: of all templates.',
  'Brand.findUserCard(by)': 'What is known of the member.',
  'Brand.findUserCard(cardId)': 'Only a card of this template. Default: of any template.',
  'Brand.knownUserCards(filter)': 'Only cards that agree with all of its fields. Default: all.',
  'Brand.knownUserCards(sort)': 'The order of the cards. A cursor is valid in its own order only.',
  'Query.auditEntries(filter)': 'Only actions that agree with all of its fields. Default: all.',
  'Query.budgetUse(by)': 'Whether to count by brand or by caller.',
  'Viewer.userCards(brandId)':
    'The brand of the cards. Default: the brand of which the caller is a member, if it is one.',
  after: 'Cursor behind which the page begins. Default: the start of the list.',
  first: 'Length of the page.',
  id: 'A global id, as the field `id` returns it.',
  ids: 'Global ids, as the field `id` returns them.',
  by: 'The object to read: by its global id or by its keys.',
  'Query.userCards(by)': 'The cards to read, each by its global id or by its keys.',
  filter: 'Only events that agree with all of its fields. Default: all events of the brand.',
  input: 'What to change. A broken rule is returned in userErrors.',
  lastEventId: 'The eventId behind which to continue; "0" is before the oldest event. Default: now.',
  maxAgeSeconds:
    "The greatest accepted age of the data, in seconds; 0 reads from WeChat Pay. Default: the server's freshness policy.",
  representations:
    'The objects to read, each as `__typename` with `id`, or with all natural keys of its type.',
  state: 'Only elements in this state. Default: all.',
} as const satisfies Readonly<Record<string, string>>;

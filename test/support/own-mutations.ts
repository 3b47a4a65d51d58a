/** Mutations that change only this server's own data: no interface of WeChat Pay, and no document of it, says what they take. */
export const ownMutations: readonly string[] = [
  'bulkOperationCancel',
  'bulkOperationCreate',
  'bulkOperationPause',
  'bulkOperationResume',
  'bulkOperationRetry',
  'forgetMember',
  'redeliverWebhook',
];

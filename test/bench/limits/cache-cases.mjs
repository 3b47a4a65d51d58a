export const cacheCases = [];

const kinds = ['query', 'mutation', 'subscription'];

/** Operations of a document by kind and name, from its text. */
const operationsOf = (text) => {
  const plain = text.replace(/"""[^]*?"""|"(?:\\.|[^"\\])*"|#.*/g, ' ');
  const tokens = plain.match(/[{}()@]|\w+/g) ?? [];
  const found = [];
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (token === '{' || token === '(') depth += 1;
    else if (token === '}' || token === ')') depth -= 1;
    else if (depth === 0 && kinds.includes(token) && ![...kinds, 'fragment'].includes(tokens[index - 1])) {
      const next = tokens[index + 1] ?? '';
      found.push({ kind: token, ...(/^\w/.test(next) ? { name: next } : {}) });
    }
  }
  return found;
};

/**
 * The request for the operation that its document has, and whether it is a subscription. GraphiQL's own name of the operation lags
 * behind a change of the text.
 */
export const resolveOperation = ({ operationName, ...request }) => {
  const operations = operationsOf(request.query);
  const chosen =
    operations.find(({ name }) => name !== undefined && name === operationName) ??
    (operations.length === 1 ? operations[0] : undefined);
  const name = chosen === undefined ? operationName : chosen.name;
  return {
    request: { ...request, ...(name ? { operationName: name } : {}) },
    isSubscription: chosen?.kind === 'subscription',
  };
};

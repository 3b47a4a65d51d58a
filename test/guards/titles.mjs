import ts from 'typescript';

/** Stands for a `%s`, `$name` or `${…}`, whose value is known only when the test runs. */
const anything = '\0';
const placeholder = /%[a-zA-Z]|%\.\d+[a-z]|\$[a-zA-Z.]+/g;

/** The full names of a file's tests, with those of their `describe`s. Placeholders become `anything`. */
export const titlesOf = (text) => {
  const titles = [];
  const walk = (node, above) => {
    const title = ts.isCallExpression(node) ? titleOf(node) : undefined;
    if (title === undefined) return ts.forEachChild(node, (child) => walk(child, above));
    const path = [...above, title];
    if (calleeOf(node) !== 'describe') titles.push(path.join(' '));
    for (const argument of node.arguments.slice(1)) walk(argument, path);
  };
  walk(ts.createSourceFile('test.ts', text, ts.ScriptTarget.Latest, true), []);
  return titles;
};

const calleeOf = ({ expression }) => {
  if (ts.isIdentifier(expression)) return expression.text;
  const inner = expression.expression ?? expression.tag;
  return inner === undefined ? undefined : calleeOf({ expression: inner });
};

const titleOf = (call) => {
  const [title, body] = call.arguments;
  if (body === undefined || !/^(describe\w*|it|test)$/.test(calleeOf(call) ?? '')) return undefined;
  if (ts.isStringLiteralLike(title)) return title.text.replace(placeholder, anything);
  if (!ts.isTemplateExpression(title)) return undefined;
  return [title.head, ...title.templateSpans.map(({ literal }) => literal)]
    .map(({ text }) => text)
    .join(anything);
};

/**
 * Whether the words can occur in the title. At least three of their characters must be those of the title itself, and the value of
 * a placeholder has at most two words.
 */
export const canOccur = (words, title) => {
  let states = [...title].map((_, at) => ({ at, own: 0, spaces: 0 }));
  for (const character of words)
    states = unique(
      states.flatMap(({ at, own, spaces }) => {
        if (title[at] === character) return [{ at: at + 1, own: own + 1, spaces: 0 }];
        if (title[at] !== anything) return [];
        const inside = { at, own, spaces: spaces + (character === ' ' ? 1 : 0) };
        const after = title[at + 1] === character ? [{ at: at + 2, own: own + 1, spaces: 0 }] : [];
        return inside.spaces > 1 ? after : [inside, ...after];
      }),
    );
  return states.some(({ own }) => own >= 3);
};

const unique = (states) => [...new Map(states.map((state) => [JSON.stringify(state), state])).values()];

import { readdirSync, readFileSync } from 'node:fs';

/**
 * The law of the house as lint rules: `rooms.json` says which room may import which. `(types)` behind a name allows
 * `import type` alone. src/README.md shows the same table; test/architecture.test.ts compares the two.
 */
const rooms = JSON.parse(readFileSync(new URL('rooms.json', import.meta.url), 'utf8'));
const rule = '@typescript-eslint/no-restricted-imports';

/** How a file that lies `depth` folders below src writes the path of a file in the room. */
const specifiers = (target, depth, own) => {
  const file = target.endsWith('.ts') ? target.slice(0, -3) : `${target}/${isParent(target) ? '[^/]+$' : ''}`;
  const parts = target.split('/');
  // From below a common folder the path may also begin there: wechatpay/api imports ../accounts/….
  return [0, ...parts.keys()].flatMap((shared) => {
    const common = parts.slice(0, shared).join('/');
    if (shared > 0 && !`${own}/`.startsWith(`${common}/`)) return [];
    const rest = shared === 0 ? file : file.slice(common.length + 1);
    return [`^${'(\\.\\./)'.repeat(depth - shared)}${depth === shared ? '\\./' : ''}${rest}`];
  });
};

/** A room whose folder holds other rooms is its own files only. */
const isParent = (room) => Object.keys(rooms).some((other) => other.startsWith(`${room}/`));

const depthsOf = (room) => {
  if (room.endsWith('.ts')) return [0];
  const depth = room.split('/').length;
  if (isParent(room)) return [depth];
  const below = readdirSync(new URL(`src/${room}`, import.meta.url), {
    recursive: true,
    withFileTypes: true,
  });
  const levels = below.some((entry) => entry.isDirectory()) ? [0, 1] : [0];
  return levels.map((level) => depth + level);
};

const blockOf = ([own, { mayImport }], depth) => {
  const others = Object.keys(rooms).filter((room) => room !== own);
  const forbidden = others.filter(
    (room) => !mayImport.includes(room) && !mayImport.includes(`${room} (types)`),
  );
  const typesOnly = others.filter((room) => mayImport.includes(`${room} (types)`));
  const pattern = (list, message, more) =>
    list.map((room) => ({
      regex: specifiers(room, depth, own).join('|'),
      message: `${own} ${message} ${room} (rooms.json).`,
      ...more,
    }));
  const level = own.endsWith('.ts') ? 0 : depth - own.split('/').length;
  return {
    files: [own.endsWith('.ts') ? `src/${own}` : `src/${own}/${'*/'.repeat(level)}*.ts`],
    rules: {
      [rule]: [
        'error',
        {
          patterns: [
            ...pattern(forbidden, 'may not import'),
            ...pattern(typesOnly, 'may import types alone of', { allowTypeImports: true }),
          ],
        },
      ],
    },
  };
};

export default Object.entries(rooms).flatMap((room) =>
  depthsOf(room[0]).map((depth) => blockOf(room, depth)),
);

export type InputClass = abstract new (...args: never[]) => object;

const nested = new WeakMap<InputClass, (() => unknown)[]>();

/** Remembers the type of a field, which may be an input class or a list of one. */
export const declareFieldType = (owner: InputClass, type: () => unknown): void => {
  nested.set(owner, [...(nested.get(owner) ?? []), type]);
};

/** The input classes of the fields that hold inputs, those of inherited fields included. */
export const nestedInputsOf = (owner: InputClass): readonly InputClass[] => {
  const parent: unknown = Object.getPrototypeOf(owner);
  return [
    ...(nested.get(owner) ?? []).flatMap((type) => {
      const [found] = [type()].flat();
      return isInputClass(found) ? [found] : [];
    }),
    ...(isInputClass(parent) && parent !== Function.prototype ? nestedInputsOf(parent) : []),
  ];
};

/** GraphQL's scalars and enums are objects, and the three built-in types are functions too. */
export const isInputClass = (type: unknown): type is InputClass =>
  typeof type === 'function' && ![String, Boolean, Number].some((builtIn) => builtIn === type);

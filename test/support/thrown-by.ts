/** What a function throws; `undefined` if it throws nothing. */
export const thrownBy = (act: () => unknown): unknown => {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
};

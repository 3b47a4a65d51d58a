/** The explorer's name for it too, so that a reader who changes between the two signs in once. */
const storageKey = 'member-cards:token';

/** Not in localStorage: a credential must not outlive the tab. */
export const storedToken = (): string => sessionStorage.getItem(storageKey) ?? '';

export const storeToken = (token: string): void => {
  if (token === '') sessionStorage.removeItem(storageKey);
  else sessionStorage.setItem(storageKey, token);
};

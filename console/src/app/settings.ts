/** What the server tells the page about itself. */
export interface Settings {
  /** Where the server is mounted, e.g. `/member-cards`, or empty. */
  readonly basePath: string;
  /** Whether requests need a credential. */
  readonly needsToken: boolean;
  /** Whether made-up users can open and delete cards: with the sandbox only. */
  readonly canSimulate: boolean;
}

const content = document.querySelector('meta[name="console-settings"]')?.getAttribute('content') ?? '{}';

export const settings = JSON.parse(content) as Settings;

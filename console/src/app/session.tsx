import { createContext, useContext } from 'react';
import type { Client } from '../api/client';
import type { ConsoleViewerQuery } from '../api/documents';

export type Viewer = NonNullable<ConsoleViewerQuery['viewer']>;
export type ViewerBrand = Viewer['brands']['nodes'][number];

/** Who uses the console, and for which brand. */
export interface Session {
  readonly viewer: Viewer;
  /** The brands that the reader may choose. */
  readonly brands: readonly ViewerBrand[];
  /** The chosen brand. */
  readonly brand: ViewerBrand;
  readonly chooseBrand: (brandId: string) => void;
  /** Forgets the credential. */
  readonly signOut: () => void;
}

export const ClientContext = createContext<Client | undefined>(undefined);
export const SessionContext = createContext<Session | undefined>(undefined);

const provided = <T,>(value: T | undefined): T => {
  if (value === undefined) throw new Error('used outside its provider');
  return value;
};

/** The way to the server with the reader's credential and language. */
export const useClient = (): Client => provided(useContext(ClientContext));
export const useSession = (): Session => provided(useContext(SessionContext));

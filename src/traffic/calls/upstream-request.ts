import type { KeyObject } from 'node:crypto';

/** A request before it is signed. */
export interface UpstreamRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Percent-encoded path and query, exactly as signed and sent. */
  readonly target: string;
  /** Writes the JSON body. Called once per attempt, so that personal fields are encrypted with the current key. */
  readonly body?: (seal: (plain: string) => string) => string;
  /** True if the body has fields to encrypt. */
  readonly sealed: boolean;
  /** Sent beside the body as multipart/form-data; then only the body is signed. */
  readonly file?: UpstreamFile;
  /** The values that the request holds, as text. A refusal may quote them. Default: none. */
  readonly values?: () => readonly string[];
  /**
   * The key of this serial that the body of a 2xx reply holds, before anything in the body is believed. Only for a call that
   * fetches the upstream's keys; an unknown serial then causes no other fetch. Throws AppError if the body cannot be read.
   */
  readonly keyIn?: (body: string, serial: string) => KeyObject | undefined;
  /** Compares the parsed body of a 2xx reply with this request. Absent if no field of the reply identifies its request. */
  readonly correspond?: (data: unknown) => Correspondence;
}

/** The reply with the identity that was requested, or the field that shows it belongs to another request. */
export type Correspondence =
  | {
      readonly data: unknown;
      /** The brand_id in the reply, if it differs from the requested one. */
      readonly otherBrandId?: string;
    }
  | { readonly differs: string };

export interface UpstreamFile {
  readonly name: string;
  /** Media type. */
  readonly type: string;
  readonly bytes: Buffer;
}

/**
 * An attempt that was signed before it asked for a slot, because its key is in another process: the wait for that process would
 * cost the slot. Made and used by the transport.
 */
export interface SignedAhead {
  readonly request: UpstreamRequest;
  readonly body: string | undefined;
  /** Id of the upstream's key that encrypted the body, or with which it shall sign. */
  readonly serial: string | undefined;
  /** The Authorization header. */
  readonly authorization: string;
  /** Correction of this machine's clock in the signature, ms. */
  readonly correctionMs: number;
  /** Clock time in ms. */
  readonly signedAt: number;
}
